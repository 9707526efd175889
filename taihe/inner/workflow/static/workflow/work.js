/* Comforts of the work pages, which all work without them: keys on lists and sheets, common phrases put in at the cursor. */
(function () {
  "use strict";
  const OFF = "taihe.keys.off";
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const off = () => { try { return localStorage.getItem(OFF) === "1"; } catch (error) { return false; } };
  const help = document.getElementById("wf-keys");

  /* -- lists: the current row is the one whose title holds the focus -- */
  const links = () => all("[data-wf-list] tbody tr .gv-title a");
  function here() {
    const row = document.activeElement && document.activeElement.closest("[data-wf-list] tbody tr");
    return row ? links().findIndex((link) => row.contains(link)) : -1;
  }
  function move(step) {
    const found = links();
    if (!found.length) return;
    const now = here();
    const next = now < 0 ? (step > 0 ? 0 : found.length - 1) : Math.min(found.length - 1, Math.max(0, now + step));
    found[next].focus();
    found[next].closest("tr").scrollIntoView({ block: "nearest" });
  }
  function tick() {
    const link = links()[here()];
    const box = link && link.closest("tr").querySelector("input[type=checkbox]");
    if (box) { box.checked = !box.checked; box.dispatchEvent(new Event("change", { bubbles: true })); }
  }
  function mark() {
    all("[data-wf-list] tr.wf-here").forEach((row) => row.classList.remove("wf-here"));
    const link = links()[here()];
    if (link) link.closest("tr").classList.add("wf-here");
  }
  document.addEventListener("focusin", mark);
  document.addEventListener("focusout", () => setTimeout(mark, 0));

  /* -- named places of a page: a key leads there; a decision is only ever focused, never pressed, by a key -- */
  function go(key) {
    const place = all("[data-wf-key]").find((one) => one.dataset.wfKey === key && one.offsetParent !== null);
    if (!place) return false;
    if (place.tagName === "A") place.click();
    else { place.focus(); place.scrollIntoView({ block: "center" }); }
    return true;
  }
  function toggleHelp() {
    if (!help || !help.showModal) return;
    if (help.open) help.close(); else help.showModal();
  }
  const keys = { j: () => move(1), k: () => move(-1), x: tick, o: () => { const link = links()[here()]; if (link) link.click(); } };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
    if (typing) { if (event.key === "Escape") typing.blur(); return; }
    if (event.key === "?") { event.preventDefault(); toggleHelp(); return; }
    if (off() || (help && help.open)) return;
    if (links().length && keys[event.key]) { event.preventDefault(); keys[event.key](); }
    else if (event.key.length === 1 && go(event.key)) event.preventDefault();
  });
  all("[data-wf-help]").forEach((button) => { button.hidden = false; button.addEventListener("click", toggleHelp); });
  if (help) {
    const stop = help.querySelector("[data-wf-off]");
    stop.checked = off();
    stop.addEventListener("change", () => { try { localStorage.setItem(OFF, stop.checked ? "1" : "0"); } catch (error) { /* private window */ } });
    help.addEventListener("click", (event) => { if (event.target === help || event.target.closest("[data-wf-close]")) help.close(); });
  }

  /* -- what is ticked decides what the joint buttons say -- */
  const chosen = document.querySelector("[data-wf-chosen]");
  function count() {
    const number = all("[data-wf-list] input[name=pick]:checked").length;
    chosen.textContent = number ? "已选 " + number + " 件" : "";
  }
  if (chosen) {
    document.addEventListener("change", () => setTimeout(count, 0));
    window.addEventListener("pageshow", count);
  }

  /* -- common phrases -- */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-wf-phrase]");
    const box = button && document.getElementById(button.dataset.wfPhrase);
    if (!box) return;
    event.preventDefault();
    const from = box.selectionStart, to = box.selectionEnd;
    box.setRangeText(button.value, from, to, "end");
    box.focus();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });

  all("[data-wf-print]").forEach((button) => { button.hidden = false; button.addEventListener("click", () => window.print()); });
})();
