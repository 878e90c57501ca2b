// Comfort only: everything that is copied here can be selected and copied by hand.
"use strict";

async function copy(source) {
  const text = source.value ?? source.innerText;
  if (source.tagName === "TABLE" && typeof ClipboardItem === "function") {
    const rich = new Blob([source.outerHTML], { type: "text/html" });
    const plain = new Blob([text], { type: "text/plain" });
    await navigator.clipboard.write([new ClipboardItem({ "text/html": rich, "text/plain": plain })]);
  } else {
    await navigator.clipboard.writeText(text);
  }
}

function select(source) {
  if (source.select) {
    source.select();
  } else {
    getSelection().selectAllChildren(source);
  }
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await copy(source);
      document.getElementById("copied").textContent = button.dataset.done;
    } catch {
      select(source);
    }
  });
}

for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
