/* The document editor: blocks, saving by itself, the pages beside the text, and what the checks say.
   The page is a plain form that works without this; here it is only made live. */
(function () {
  "use strict";
  const form = document.querySelector("form[data-ed]");
  if (!form) return;
  const one = (selector, root) => (root || form).querySelector(selector);
  const all = (selector, root) => Array.from((root || form).querySelectorAll(selector));
  const settings = form.dataset;
  const state = { dirty: false, held: false, stopped: false, saving: null, again: false, number: settings.number, caret: null };
  const pictures = new Map();
  form.classList.add("ed-live");

  /* -- asking the server -------------------------------------------------------------------------- */
  function sent() {
    const data = new FormData(form);
    data.delete("picture"); data.delete("pick"); data.delete("do");
    return data;
  }
  async function ask(address, data, signal) {
    const answer = await fetch(address, { method: "POST", body: data, credentials: "same-origin", signal: signal, headers: { Accept: "application/json" } });
    const type = answer.headers.get("Content-Type") || "";
    if (!type.includes("json")) throw { sentences: answer.status === 413 ? ["内容或图片太大。"] : ["登录可能已过期，或服务暂时不可用。本页文字仍在，请在新窗口登录后继续。"], stop: false };
    const told = await answer.json();
    if (!answer.ok) throw told;
    return told;
  }
  function say(text) { document.querySelector("[data-ed-state]").textContent = text; }
  function refuse(told) {
    const box = one("[data-ed-refusal]"), into = one("div", box);
    into.replaceChildren();
    const line = document.createElement("p");
    line.textContent = (told.sentences || ["没有完成，请稍后重试。"]).join("");
    into.append(line);
    if (told.compare) {
      const link = document.createElement("a");
      link.href = told.compare;
      link.textContent = "本页文字已另存为第" + told.parked + "稿，查看与当前稿的对照";
      into.append(link);
    }
    if (told.stop) {
      state.stopped = true;
      const link = document.createElement("a");
      link.href = location.pathname;
      link.textContent = "重新打开编辑页";
      into.append(document.createTextNode(" "), link);
    }
    box.hidden = false;
    box.scrollIntoView({ block: "nearest" });
    say(told.stop ? "未保存，已停止自动保存" : "未保存");
  }
  const settle = () => { one("[data-ed-refusal]").hidden = true; };
  const time = () => new Date().toTimeString().slice(0, 5);
  function stands(told) {
    form.elements.form_version.value = told.version;
    state.number = told.number;
  }

  /* -- holding and saving ------------------------------------------------------------------------- */
  async function hold() {
    if (state.held || state.stopped) return;
    state.held = true;
    const data = new FormData();
    ["csrfmiddlewaretoken", "form_version"].forEach((name) => data.append(name, form.elements[name].value));
    try { state.saving = ask(settings.hold, data); stands(await state.saving); } catch (told) { state.held = false; refuse(told); }
    state.saving = null;
  }
  let saveTimer = 0, lookTimer = 0;
  function changed() {
    state.dirty = true;
    if (!state.stopped) say("未保存");
    hold();
    clearTimeout(lookTimer); clearTimeout(saveTimer);
    lookTimer = setTimeout(look, Number(settings.pause));
    saveTimer = setTimeout(save, Number(settings.after));
  }
  async function save() {
    clearTimeout(saveTimer);
    if (state.stopped) return false;
    if (state.saving) { await state.saving.catch(() => null); if (state.stopped) return false; }
    state.dirty = false;
    say("正在保存…");
    try {
      state.saving = ask(settings.save, sent());
      stands(await state.saving);
      state.held = true;
      settle();
      say((state.dirty ? "未保存" : "已自动保存 " + time()) + "（第 " + state.number + " 稿）");
      if (!state.dirty) look();
      return true;
    } catch (told) { state.dirty = true; refuse(told); return false; } finally { state.saving = null; }
  }
  window.addEventListener("beforeunload", (event) => { if (state.dirty) event.preventDefault(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && state.dirty) save(); });

  /* -- the pages ---------------------------------------------------------------------------------- */
  let asking = null;
  async function look() {
    clearTimeout(lookTimer);
    if (asking) asking.abort();
    asking = new AbortController();
    const data = sent();
    pictures.forEach((_, name) => data.append("have", name));
    try {
      const told = await ask(settings.look, data, asking.signal);
      Object.keys(told.pictures).forEach((name) => pictures.set(name, told.pictures[name]));
      draw(told.pages);
      fault(told.fault);
      findings(told.findings);
      ["main", "cc"].forEach((role) => { one("[data-ed-units=" + role + "]").textContent = told.units[role] ? "约 " + told.units[role] + " 个单位" : ""; });
    } catch (told) {
      if (told.name === "AbortError") return;
      fault((told.sentences || ["预览没有更新。"])[0]);
      if (told.stop && !state.stopped) refuse(told);
    }
  }
  function draw(pages) {
    const box = one("[data-ed-pages]");
    if (!pages.length) return;
    all(".ed-wait", box).forEach((node) => node.remove());
    pages.forEach((name, place) => {
      let image = box.querySelectorAll("img")[place];
      if (!image) { image = document.createElement("img"); image.width = 794; image.height = 1123; box.append(image); }
      image.alt = "第 " + (place + 1) + " 页，共 " + pages.length + " 页";
      if (image.dataset.name !== name && pictures.has(name)) { image.src = pictures.get(name); image.dataset.name = name; }
    });
    all("img", box).slice(pages.length).forEach((image) => image.remove());
    pictures.forEach((_, name) => { if (pictures.size > 60 && !pages.includes(name)) pictures.delete(name); });
  }
  function fault(text) {
    const box = one("[data-ed-fault]");
    box.hidden = !text;
    box.textContent = text || "";
  }

  /* -- what the checks say ------------------------------------------------------------------------ */
  function element(tag, name, text) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
  }
  function button(text, act) {
    const made = element("button", "gv-btn", text);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }
  function findings(found) {
    const list = one("[data-ed-findings]");
    const focused = list.contains(document.activeElement);
    if (focused && list.dataset.shown === JSON.stringify(found)) return;
    list.dataset.shown = JSON.stringify(found);
    list.replaceChildren(...found.map((told) => {
      const line = element("li", "ed-finding");
      const head = element("p");
      head.append(element("span", "gv-tag " + ({ B: "gv-danger", W: "gv-warn" }[told.severity] || "gv-info"), told.word), " " + told.happened);
      line.append(head, element("p", "gv-muted gv-small", told.code + "　" + told.clause));
      const acts = element("div", "ed-acts");
      if (told.where !== "paper") acts.append(button("定位", () => jump(told.where, told.line)));
      if (told.fix) acts.append(button(told.fix, () => mend(told)));
      if (told.reason) acts.append(button("填写理由", () => reason(told.code)));
      line.append(acts);
      return line;
    }));
    const serious = found.filter((told) => told.severity !== "I").length;
    one("[data-ed-count]").textContent = serious || "";
    const none = one("[data-ed-none]");
    none.textContent = "没有发现问题。";
    none.hidden = found.length > 0;
  }
  function reason(code) {
    const box = one("[data-ed-reasons]");
    box.hidden = false;
    let input = document.getElementById("reason-" + code);
    if (!input) {
      const line = element("div"), label = element("label", "", code);
      input = element("input");
      input.id = input.name = "reason-" + code;
      input.maxLength = 300;
      label.htmlFor = input.id;
      line.append(label, input);
      box.append(line);
    }
    input.focus();
  }
  async function mend(told) {
    if (state.saving) await state.saving.catch(() => null);
    if (state.stopped) return;
    const data = sent();
    data.append("code", told.code);
    data.append("place", told.place);
    state.dirty = false;
    try {
      state.saving = ask(settings.mend, data);
      const made = await state.saving;
      stands(made);
      state.saving = null;
      settle();
      say("已修正，修正前的文字存为上一稿（第 " + made.number + " 稿）");
      if (put(made.content)) look(); else location.reload();
    } catch (fault_) { state.saving = null; state.dirty = true; refuse(fault_); }
  }
  /* Put a mended text into the page; false when its blocks are others. */
  function put(content) {
    const given = [["body", { blocks: content.blocks }]];
    if (content.issued) given.push(["issued", content.issued]);
    const keys = all("[data-ed-part]").map((part) => part.dataset.edPart).filter((key) => key !== "body" && key !== "issued");
    content.attachments.forEach((attachment, place) => given.push([keys[place], attachment]));
    const jobs = [];
    for (const [key, part] of given) {
      const box = key && one("[data-ed-part='" + key + "']");
      if (!box) return false;
      const blocks = all("[data-ed-block]", box).filter((block) => block.dataset.edBlock !== "text" || one("textarea", block).value.trim());
      if (blocks.length !== part.blocks.length || blocks.some((block, at) => block.dataset.edBlock !== part.blocks[at].kind)) return false;
      if (part.title !== undefined) jobs.push(() => { one("#" + key + "-title").value = part.title; });
      part.blocks.forEach((now, at) => jobs.push(() => {
        if (now.kind === "text") { const box_ = one("textarea", blocks[at]); if (box_.value !== now.text) { box_.value = now.text; grow(box_); } }
        else if (now.kind === "table") { const box_ = one("textarea", blocks[at]); const text = now.rows.map((row) => row.join("\t")).join("\n"); if (box_.value !== text) { box_.value = text; grid(blocks[at]); } }
        else one("input[name$=-caption]", blocks[at]).value = now.caption;
      }));
    }
    const lines = (role) => all("[data-ed-lines=" + role + "] input[name$=-text]");
    if (lines("main").length !== content.addressees.length || lines("cc").length !== content.copies.length) return false;
    jobs.forEach((job) => job());
    lines("main").forEach((input, at) => { input.value = content.addressees[at]; });
    lines("cc").forEach((input, at) => { input.value = content.copies[at]; });
    form.elements.title.value = content.title;
    form.elements.signature.value = content.signature;
    form.elements.note.value = content.note;
    form.elements.listed.value = content.listed.join("\n");
    form.elements.in_colophon.checked = content.addressees_in_colophon;
    return true;
  }
  function show(node) {
    view("write");
    const fold = node.closest("details");
    if (fold) fold.open = true;
    node.scrollIntoView({ block: "center" });
    node.focus();
  }
  const FIELDS = { title: "#id_title", signature: "#id_signature", note: "#id_note", listed: "#id_listed", fields: "#id_genre", addressees: "[data-ed-lines=main] input[name$=-text], #ed-pick", copies: "[data-ed-lines=cc] input[name$=-text], #ed-pick", cosigners: "#ed-pick" };
  function jump(where, line) {
    if (FIELDS[where]) { const node = one(FIELDS[where]); if (node) show(node); return; }
    const place = /^attachment(\d+)$/.exec(where);
    const parts = all("[data-ed-part]");
    const part = place ? parts.filter((box) => !["body", "issued"].includes(box.dataset.edPart))[place[1] - 1] : one("[data-ed-part='" + (where === "issued" ? "issued" : "body") + "']");
    if (!part) return;
    let left = line || 1;
    for (const block of all("[data-ed-block]", part)) {
      const box = one("textarea", block);
      if (block.dataset.edBlock === "text") {
        let from = 0;
        for (const text of box.value.split("\n")) {
          if (text.trim() && (left -= 1) === 0) { show(box); box.setSelectionRange(from, from + text.length); return; }
          from += text.length + 1;
        }
      } else if (block.dataset.edBlock === "table") {
        const rows = box.value.split("\n").length;
        if (left <= rows) { show(all("tr", block)[left - 1].querySelector("input")); return; }
        left -= rows;
      } else { const caption = one("input[name$=-caption]", block); if (caption.value && (left -= 1) === 0) { show(caption); return; } }
    }
    const first = one("textarea, input:not([type=hidden])", part);
    if (first) show(first);
  }

  /* -- blocks ------------------------------------------------------------------------------------- */
  const last = {};
  function fresh(prefix) {
    const used = Array.from(document.querySelectorAll("[id^=" + prefix + "]")).map((node) => parseInt(node.id.slice(prefix.length), 10) || 0);
    last[prefix] = Math.max(last[prefix] || 0, ...used) + 1;  // also those made and not yet on the page
    return prefix + last[prefix];
  }
  function made(kind, changes) {
    let html = document.querySelector("template[data-ed-new=" + kind + "]").innerHTML;
    Object.keys(changes).forEach((word) => { html = html.split(word).join(changes[word]); });
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content.firstElementChild;
  }
  function block(kind, part) { return made(kind, { k0: fresh("k"), PART: part }); }
  function textBlock(part, text) { const node = block("text", part); one("textarea", node).value = text; return node; }
  function tableBlock(part, rows) { const node = block("table", part); one("textarea", node).value = rows.map((row) => row.join("\t")).join("\n"); return node; }
  function wake(root) {
    all("textarea:not([data-ed-table])", root).forEach(grow);
    all(".ed-table", root).forEach(grid);
    if (root.matches && root.matches(".ed-table")) grid(root);
  }
  function grow(box) {
    if (box.hasAttribute("data-ed-table") || box.name === "") return;
    box.style.height = "auto";
    box.style.height = box.scrollHeight + 4 + "px";
  }
  form.addEventListener("focusin", (event) => {
    const box = event.target.closest(".ed-text textarea");
    if (box) state.caret = box;
  });
  /* Blocks put in where the cursor last stood: the text block there is parted between two paragraphs. */
  function insert(part, nodes) {
    const list = one("[data-ed-part='" + part + "'] [data-ed-blocks]");
    const box = state.caret && list.contains(state.caret) ? state.caret : null;
    if (!box) { list.append(...nodes, textBlock(part, "")); }
    else {
      const at = box.value.lastIndexOf("\n", box.selectionStart - 1) + 1 === box.selectionStart ? box.selectionStart : (box.value.indexOf("\n", box.selectionStart) + 1 || box.value.length + 1) - 1;
      const before = box.value.slice(0, at).replace(/\n+$/, ""), after = box.value.slice(at).replace(/^\n+/, "");
      box.value = before;
      const here = box.closest("[data-ed-block]");
      here.after(...nodes, textBlock(part, after));
      if (!before.trim()) here.remove();
    }
    wake(list);
    changed();
    const first = nodes[0] && (one("td input", nodes[0]) || one("textarea, input:not([type=hidden])", nodes[0]));
    if (first) first.focus();
  }
  function join(list) {
    all("[data-ed-block]", list).forEach((node) => {
      const before = node.previousElementSibling;
      if (!before || before.dataset.edBlock !== "text" || node.dataset.edBlock !== "text") return;
      const upper = one("textarea", before), lower = one("textarea", node);
      upper.value = [upper.value, lower.value].filter((text) => text.trim()).join("\n");
      if (state.caret === lower) state.caret = upper;
      node.remove();
      grow(upper);
    });
  }
  function places() {
    all("[data-ed-place]").forEach((node, at) => { node.textContent = " " + (at + 1); });
    one("button[value='part:issued']").hidden = Boolean(one("[data-ed-part=issued]"));
  }

  /* -- tables ------------------------------------------------------------------------------------- */
  function grid(node) {
    const source = one("textarea", node);
    let box = one(".ed-grid", node);
    if (!box) { box = element("div", "ed-grid"); source.after(box); source.hidden = true; one(".ed-plain-label", node).hidden = true; }
    const rows = source.value.split("\n").map((line) => line.split("\t"));
    const width = Math.max(...rows.map((row) => row.length), 1);
    const table = element("table");
    rows.forEach((row, down) => {
      const line = table.insertRow();
      for (let across = 0; across < width; across += 1) {
        const input = element("input");
        input.value = row[across] || "";
        input.maxLength = 2000;
        input.setAttribute("aria-label", (down ? "第" + (down + 1) + "行" : "表头") + "第" + (across + 1) + "列");
        line.insertCell().append(input);
      }
    });
    const tools = element("div", "ed-grid-tools");
    tools.append(
      button("加一行", () => reshape(node, (all_) => all_.push(all_[0].map(() => "")))),
      button("加一列", () => reshape(node, (all_) => all_.forEach((row) => row.push("")))),
      button("删末行", () => reshape(node, (all_) => { if (all_.length > 1) all_.pop(); })),
      button("删末列", () => reshape(node, (all_) => { if (all_[0].length > 1) all_.forEach((row) => row.pop()); })),
    );
    box.replaceChildren(table, tools);
  }
  const cells = (node) => all("tr", node).map((row) => all("input", row).map((input) => input.value));
  function keep(node) { one("textarea", node).value = cells(node).map((row) => row.map(window.taihePaste.clean).join("\t")).join("\n"); }
  function reshape(node, act) {
    const rows = cells(node);
    act(rows);
    one("textarea", node).value = rows.map((row) => row.join("\t")).join("\n");
    grid(node);
    changed();
  }
  form.addEventListener("keydown", (event) => {
    const input = event.target.closest(".ed-grid td input");
    if (!input || event.isComposing) return;
    const step = { ArrowDown: 1, Enter: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const cell = input.parentElement, row = cell.parentElement;
    const next = row.parentElement.rows[row.rowIndex + step];
    if (next) next.cells[cell.cellIndex].firstElementChild.focus();
  });

  /* -- pasting ------------------------------------------------------------------------------------ */
  form.addEventListener("paste", (event) => {
    const clip = event.clipboardData;
    const input = event.target.closest(".ed-grid td input");
    const box = event.target.closest(".ed-text textarea");
    if (!clip || (!input && !box)) return;
    const pieces = window.taihePaste.pieces(clip.getData("text/html"), clip.getData("text/plain"));
    if (!pieces) return;
    if (input) {
      const table = pieces.find((piece) => piece.kind === "table");
      if (!table) return;
      event.preventDefault();
      fill(input, table.rows);
      return;
    }
    event.preventDefault();
    if (pieces.length === 1 && pieces[0].kind === "text") { box.setRangeText(pieces[0].text, box.selectionStart, box.selectionEnd, "end"); grow(box); changed(); return; }
    box.setRangeText("", box.selectionStart, box.selectionEnd, "end");
    state.caret = box;
    const part = box.closest("[data-ed-part]").dataset.edPart;
    insert(part, pieces.map((piece) => (piece.kind === "table" ? tableBlock(part, piece.rows) : textBlock(part, piece.text))));
    join(one("[data-ed-part='" + part + "'] [data-ed-blocks]"));
  });
  function fill(input, given) {
    const node = input.closest("[data-ed-block]"), cell = input.parentElement;
    const down = cell.parentElement.rowIndex, across = cell.cellIndex;
    reshape(node, (rows) => {
      const width = Math.max(rows[0].length, across + Math.max(...given.map((row) => row.length)));
      while (rows.length < down + given.length) rows.push([]);
      rows.forEach((row) => { while (row.length < width) row.push(""); });
      given.forEach((row, y) => row.forEach((text, x) => { rows[down + y][across + x] = text; }));
    });
  }

  /* -- buttons ------------------------------------------------------------------------------------ */
  const file = one("#ed-file");
  let pictureFor = "";
  async function upload() {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.append("file", file.files[0]);
    file.value = "";
    say("正在上传并检查图片…");
    try {
      const told = await ask(settings.picture, data);
      const node = block("picture", pictureFor);
      one("input[name$=-key]", node).value = told.key;
      one("img", node).src = told.url;
      settle();
      insert(pictureFor, [node]);
    } catch (told) { refuse(told); }
  }
  file.addEventListener("change", () => { if (pictureFor && file.files.length) upload(); });
  function addLine(role) {
    const pick = one("#ed-pick"), option = pick.selectedOptions[0];
    if (!option || !option.value) { pick.focus(); return; }
    const kind = option.value.slice(0, 1), key = option.value.slice(2);
    if (role === "cosign") {
      if (kind !== "o" || one("[name=cosigner][value='" + key + "']")) return;
      const node = made("cosigner", { ORGAN: key });
      one("span", node).textContent = option.text;
      one("[data-ed-cosigners]").append(node);
    } else {
      const value = role + ":" + (kind === "g" ? key : "") + ":" + (kind === "o" ? key : "");
      if (all("[data-ed-line] input[name=line]").some((input) => input.value.endsWith(":" + value) && kind !== "t")) return;
      const node = made(role, { l0: fresh("l") });
      one("input[name=line]", node).value = node.id + ":" + value;
      one("input[name$=-text]", node).value = option.text;
      const what = one("[data-ed-what]", node);
      what.textContent = { g: "一组单位", o: "单位", t: "仅文字" }[kind];
      what.className = "gv-tag " + { g: "gv-info", o: "gv-plain", t: "gv-warn" }[kind];
      one("[data-ed-lines=" + role + "]").append(node);
    }
    changed();
  }
  function addPart(kind) {
    const key = kind === "issued" ? "issued" : "a" + (Math.max(0, ...all("[data-ed-part^=a]").map((box) => parseInt(box.dataset.edPart.slice(1), 10))) + 1);
    const node = made(kind, { a0: key, k0: fresh("k") });
    one("[data-ed-parts]").before(node);
    wake(node);
    places();
    changed();
    one("input:not([type=hidden])", node).focus();
  }
  function dropBlock(id) {
    const node = document.getElementById(id), list = node.parentElement;
    const filled = one("textarea", node) ? one("textarea", node).value.trim() : true;
    if (filled && !window.confirm("删除这一块内容？已保存的稿次中仍可找到。")) return;
    node.remove();
    join(list);
    if (!list.children.length) list.append(textBlock(list.closest("[data-ed-part]").dataset.edPart, ""));
    changed();
  }
  function move(id, by) {
    const node = document.getElementById(id);
    const other = by < 0 ? node.previousElementSibling : node.nextElementSibling;
    if (!other) return;
    if (by < 0) other.before(node); else other.after(node);
    one(".ed-tools button", node).focus();
    changed();
  }
  async function leaveBy(pressed) {
    if (state.saving) await state.saving.catch(() => null);
    if (state.stopped) return;
    state.dirty = false;
    form.requestSubmit(pressed);
  }
  const acts = {
    save: () => save(), look: () => { view("look"); look(); },
    text: (part) => insert(part, [block("text", part)]), table: (part) => insert(part, [block("table", part)]),
    picture: (part) => { pictureFor = part; file.click(); },
    part: addPart, drop: dropBlock, up: (id) => move(id, -1), down: (id) => move(id, 1),
    droppart: (key) => { if (window.confirm("删除这一部分？已保存的稿次中仍可找到。")) { one("[data-ed-part='" + key + "']").remove(); places(); changed(); } },
    dropline: (id) => { document.getElementById(id).remove(); changed(); },
    dropco: (organ) => { one("[name=cosigner][value='" + organ + "']").parentElement.remove(); changed(); },
    main: () => addLine("main"), cc: () => addLine("cc"), cosign: () => addLine("cosign"),
  };
  form.addEventListener("click", (event) => {
    const pressed = event.target.closest("button[name=do]");
    if (!pressed || pressed.dataset.going) return;
    const [verb, target] = pressed.value.split(":");
    event.preventDefault();
    if (acts[verb]) acts[verb](target);
    else { pressed.dataset.going = "1"; leaveBy(pressed).finally(() => { delete pressed.dataset.going; }); }
  });
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-ed-flush]");
    if (!link || !state.dirty || state.stopped) return;
    event.preventDefault();
    if (await save()) location.href = link.href;
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") { event.preventDefault(); save(); }
  });
  form.addEventListener("input", (event) => {
    const box = event.target;
    if (box.id === "ed-pick" || box.id === "ed-file" || box.classList.contains("gv-pick-find") || box.name === "version_note") return;
    if (box.matches(".ed-grid td input")) keep(box.closest("[data-ed-block]"));
    if (box.tagName === "TEXTAREA") grow(box);
    changed();
  });

  /* -- views on a narrow screen ------------------------------------------------------------------- */
  function view(name) {
    form.dataset.view = name;
    all("[data-ed-tab]").forEach((tab) => {
      const here = tab.dataset.edTab === name;
      tab.setAttribute("aria-selected", here);
      tab.tabIndex = here ? 0 : -1;
    });
  }
  one("[data-ed-tabs]").hidden = false;
  all("[data-ed-tab]").forEach((tab, at, tabs) => {
    tab.addEventListener("click", () => view(tab.dataset.edTab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) { const next = tabs[(at + step + tabs.length) % tabs.length]; next.focus(); next.click(); }
    });
  });
  view(window.matchMedia("(min-width: 1024px)").matches ? "look" : "write");
  wake(form);
  window.addEventListener("load", () => all("textarea").forEach(grow));
  places();
  look();
})();
