/* Small comforts over pages that work without them: search in pickers, closing menus, ticking all, one press per form. */
(function () {
  "use strict";
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const words = (text) => text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const hit = (wanted, text) => wanted.every((word) => text.includes(word));

  function closeMenus(except) {
    all("details.gv-menu[open], details.gv-help[open]").forEach((menu) => { if (menu !== except) menu.open = false; });
  }
  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details"));
    const close = event.target.closest("[data-gv-close]");
    if (close) close.parentElement.remove();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.gv-menu[open], details.gv-help[open]");
    const drawer = document.getElementById("gv-nav-toggle");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    else if (drawer && drawer.checked) { drawer.checked = false; drawer.focus(); }
  });

  /* One press per form: the server's one-time key is the real guard, this saves people the refusal. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.gvSent) { event.preventDefault(); return; }
    form.dataset.gvSent = "1";
    setTimeout(() => { delete form.dataset.gvSent; }, 4000);
  });
  window.addEventListener("pageshow", () => all("form[data-gv-sent]").forEach((form) => { delete form.dataset.gvSent; }));

  /* Leaving a half-written form asks first, when the form says so by data-gv-guard. */
  let touched = false;
  document.addEventListener("input", (event) => { if (event.target.closest("form[data-gv-guard]")) touched = true; });
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) touched = false; });
  window.addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });

  function selectPicker(box, find, select) {
    const keep = Array.from(select.children).map((node) => node.cloneNode(true));
    const fold = () => { select.removeAttribute("size"); };
    const show = () => {
      const wanted = words(find.value);
      if (!wanted.length) { fold(); restore(() => true); return; }
      restore((option) => hit(wanted, (option.text + " " + (option.dataset.find || "") + " " + (option.parentElement.label || "")).toLowerCase()));
      select.size = Math.min(9, Math.max(3, select.querySelectorAll("option, optgroup").length));
    };
    function restore(wants) {
      const chosen = select.value;
      const fresh = keep.map((node) => {
        if (node.tagName === "OPTION") return node.value && (wants(node) || node.value === chosen) ? node.cloneNode(true) : null;
        const group = node.cloneNode(false);
        all("option", node).forEach((option) => { if (wants(option) || option.value === chosen) group.append(option.cloneNode(true)); });
        return group.children.length ? group : null;
      }).filter(Boolean);
      select.replaceChildren(...(find.value.trim() ? fresh : keep.map((node) => node.cloneNode(true))));
      select.value = chosen;
    }
    if (!("gvRemote" in find.dataset)) find.addEventListener("input", show);
    else document.addEventListener("htmx:after:swap", () => { select.size = Math.min(8, Math.max(2, select.options.length)); });
    find.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") { event.preventDefault(); select.focus(); }
      if (event.key === "Enter") {
        event.preventDefault();
        const wanted = words(find.value);
        const first = Array.from(select.options).find((option) => option.value && hit(wanted, (option.text + " " + (option.dataset.find || "")).toLowerCase()));
        if (first) { select.value = first.value; select.dispatchEvent(new Event("change", { bubbles: true })); find.value = ""; show(); select.focus(); }
      }
    });
    const finish = () => { find.value = ""; fold(); if (!("gvRemote" in find.dataset)) show(); };
    select.addEventListener("click", () => { if (select.size > 1) finish(); });
    select.addEventListener("keydown", (event) => { if (event.key === "Enter" && select.size > 1) { event.preventDefault(); finish(); } });
    select.addEventListener("blur", finish);
  }

  function boxesPicker(box, find) {
    const rows = all(".gv-pick-options label", box);
    const count = box.querySelector("[data-gv-pick-count]");
    const tell = () => { const n = all("input[type=checkbox]:checked", box).length; count.textContent = n ? "已选 " + n + " 个" : ""; };
    find.addEventListener("input", () => {
      const wanted = words(find.value);
      rows.forEach((row) => {
        const input = row.querySelector("input");
        const group = row.closest(".gv-pick-group");
        row.hidden = !hit(wanted, (row.textContent + " " + (input.dataset.find || "") + " " + (group ? group.getAttribute("aria-label") : "")).toLowerCase());
      });
      all(".gv-pick-group", box).forEach((group) => { group.hidden = !group.querySelector("label:not([hidden])"); });
    });
    find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    box.addEventListener("change", tell);
    tell();
  }

  function wake(root) {
    all("[data-gv-close][hidden]", root).forEach((button) => { button.hidden = false; });
    all("[data-gv-pick]:not([data-gv-awake])", root).forEach((box) => {
      box.dataset.gvAwake = "1";
      const find = box.querySelector(".gv-pick-find");
      const select = box.querySelector("select");
      find.hidden = false;
      if (select) selectPicker(box, find, select); else boxesPicker(box, find);
    });
    all("[data-gv-all][hidden]", root).forEach((master) => {
      master.hidden = false;
      const boxes = () => all("tbody input[name=" + master.dataset.gvAll + "]", master.closest("table"));
      master.addEventListener("change", () => boxes().forEach((box) => { box.checked = master.checked; }));
    });
    const summary = (root || document).querySelector("[data-gv-focus]");
    if (summary) summary.focus();
  }
  document.addEventListener("htmx:after:swap", (event) => wake(event.target instanceof Element ? event.target : document));
  wake(document);
})();
