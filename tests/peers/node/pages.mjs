// Pages as a browser has them: axe-core in headless Chromium at WCAG 2.2 AA, html-validate over the
// text as it was sent, the keyboard, and the page with its script off. Asked with {url, accept?,
// dark?, narrow?}; answers with what is wrong, by name and place.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import puppeteer from 'puppeteer-core';
import {HtmlValidate} from 'html-validate';
import {serve} from './lines.mjs';

const [executablePath] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const html = new HtmlValidate({
  extends: ['html-validate:recommended', 'html-validate:a11y'],
  rules: {
    // A matter of taste, in which both ways say the same.
    'long-title': 'off',
    'no-trailing-whitespace': 'off',
    'void-style': 'off',
  },
});
const browser = await puppeteer.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
process.on('exit', () => browser.process()?.kill());

await serve(async ({url, dark, narrow, keys}) => {
  const text = await (await fetch(url, {headers: {accept: 'text/html'}})).text();
  const wrong = [];
  const report = await html.validateString(text);
  for(const message of report.results.flatMap(({messages}) => messages)) {
    wrong.push(`html-validate ${message.ruleId} at line ${message.line}: ${message.message}`);
  }

  const page = await browser.newPage();
  // The page's own policy lets no script of ours in.
  await page.setBypassCSP(true);
  page.on('console', message => {
    // A page that says that nothing is there is answered with 404, which the browser notes.
    if(message.type() === 'error' && message.location().url !== url) {
      wrong.push(`console: ${message.text()}`);
    }
  });
  page.on('pageerror', error => wrong.push(`script: ${error.message}`));
  await page.setViewport({width: narrow ? 360 : 1200, height: 800});
  await page.emulateMediaFeatures([{name: 'prefers-color-scheme', value: dark ? 'dark' : 'light'}]);
  await page.goto(url, {waitUntil: 'load'});
  // All that is folded up is looked at too.
  await page.evaluate(() => document.querySelectorAll('details').forEach(part => part.open = true));
  await page.evaluate(axe);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const {violations} = await page.evaluate(
    tags => axe.run(document, {runOnly: {type: 'tag', values: tags}}), tags);
  for(const {id, help, nodes} of violations) {
    const places = nodes.slice(0, 3).map(({target}) => target.join(' '));
    wrong.push(`axe ${id}: ${help}: ${places.join(', ')}`);
  }
  const sideways = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if(sideways > 1) {
    wrong.push(`the page is ${sideways} pixels wider than its window`);
  }

  // Everything that can be pressed is reached by the tab key, and is seen when it is.
  const wanted = await page.evaluate(() => [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary, iframe')]
    .filter(one => one.offsetParent !== null && !one.disabled).length);
  let reached = 0;
  if(keys) {
    await page.evaluate(() => document.activeElement?.blur());
    const seen = new Set();
    for(let n = 0; n < wanted + 5; ++n) {
      await page.keyboard.press('Tab');
      const found = await page.evaluate(() => {
        const one = document.activeElement;
        if(!one || one === document.body) {
          return null;
        }
        one.dataset.seen ??= String(Math.random());
        const {outlineStyle, boxShadow} = getComputedStyle(one);
        return {name: one.dataset.seen, tag: one.tagName,
          visible: outlineStyle !== 'none' || boxShadow !== 'none'};
      });
      if(!found) {
        continue;
      }
      seen.add(found.name);
      if(!found.visible) {
        wrong.push(`keyboard: the focus on ${found.tag} is not seen`);
      }
    }
    reached = seen.size;
    if(reached < wanted) {
      wrong.push(`keyboard: ${reached} of ${wanted} are reached`);
    }
  }
  await page.close();

  // With its script off the same words are there.
  const bare = await browser.newPage();
  await bare.setJavaScriptEnabled(false);
  await bare.goto(url, {waitUntil: 'load'});
  const visible = await bare.$$eval('button', all => all.filter(one => one.offsetParent).length)
    .catch(() => 0);
  await bare.close();
  return {wrong, bytes: text.length, pressable: wanted, reached, buttonsWithoutScript: visible};
});
await browser.close();
