// One request a line on standard input, one answer a line on standard output, in order.
//
// `answer` gets a request and returns the members of its answer. What it throws is trouble of the
// harness, told apart from a refusal: {"failed": …}. The process ends when its input ends.
import {webcrypto} from 'node:crypto';
import {createInterface} from 'node:readline';

// Node 18 has it without the global name; whoever imports this file first can rely on the name.
globalThis.crypto ??= webcrypto;

export async function serve(answer) {
  for await (const line of createInterface({input: process.stdin, crlfDelay: Infinity})) {
    if(line.trim() === '') {
      continue;
    }
    let reply;
    try {
      reply = await answer(JSON.parse(line));
    } catch(error) {
      reply = {failed: describe(error)};
    }
    process.stdout.write(JSON.stringify(reply) + '\n');
  }
}

// How often `work` was done in about that many seconds, one after the other, after `warm` times.
export async function timed(work, seconds, warm) {
  for(let done = 0; done < warm; ++done) {
    await work();
  }
  const start = performance.now();
  let count = 0;
  let elapsed;
  do {
    await work();
    ++count;
    elapsed = (performance.now() - start) / 1000;
  } while(elapsed < seconds);
  return {count, seconds: elapsed};
}

// The whole chain of an error in one line: libraries hide the reason in `errors`, `cause`, `details`.
export function describe(error, depth = 0) {
  if(!error || depth > 4) {
    return '';
  }
  const parts = [`${error.name ?? 'Error'}: ${error.message ?? String(error)}`];
  const code = error.details?.event?.code;
  if(code) {
    parts.push(code);
  }
  for(const inner of [...(error.errors ?? []), error.cause]) {
    const text = describe(inner, depth + 1);
    if(text) {
      parts.push(text);
    }
  }
  return parts.join(' < ').replace(/\s+/g, ' ').slice(0, 600);
}
