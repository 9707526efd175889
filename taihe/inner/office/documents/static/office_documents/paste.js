/* What is pasted from WPS, Word and spreadsheets, as paragraphs and tables: automatic numbers become text. */
(function () {
  "use strict";
  const CHINESE = "零一二三四五六七八九";
  const NUMBER = /^([一二三四五六七八九十百]{1,4}、|[（(][一二三四五六七八九十\d]{1,4}[）)]|\d{1,3}[.．、]) /;  // WPS sets a blank behind its numbers
  const BLOCKS = new Set(["P", "DIV", "H1", "H2", "H3", "H4", "H5", "H6", "LI", "BLOCKQUOTE", "PRE", "SECTION", "ARTICLE", "CENTER"]);

  function chinese(number) {
    if (number < 10) return CHINESE[number];
    const tens = Math.floor(number / 10), ones = number % 10;
    return (tens > 1 ? CHINESE[tens] : "") + "十" + (ones ? CHINESE[ones] : "");
  }
  const clean = (text) => text.replace(/[ \u00a0\t\r\n\u200b]+/g, " ").trim();

  /* The number a list item shows; Word's own numbers already stand in the text. */
  function numberOf(item) {
    const list = item.parentElement;
    if (!list || list.tagName !== "OL") return "";
    const items = Array.from(list.children).filter((one) => one.tagName === "LI");
    const number = (parseInt(list.getAttribute("start"), 10) || 1) + items.indexOf(item);
    const style = (list.getAttribute("data-style") || "") + (list.getAttribute("type") || "");
    if (/cjk|chinese|japanese|hebrew/i.test(style)) return chinese(number) + "、";
    return number + ".";
  }

  function rowsOf(table) {
    const rows = [];
    Array.from(table.rows).forEach((row, down) => {
      rows[down] = rows[down] || [];
      let across = 0;
      Array.from(row.cells).forEach((cell) => {
        while (rows[down][across] !== undefined) across += 1;
        const wide = Math.min(cell.colSpan || 1, 40), high = Math.min(cell.rowSpan || 1, 200);
        for (let y = 0; y < high && down + y < table.rows.length; y += 1) {
          rows[down + y] = rows[down + y] || [];
          for (let x = 0; x < wide; x += 1) rows[down + y][across + x] = "";
        }
        rows[down][across] = clean(cell.textContent);
        across += wide;
      });
    });
    return rows.filter((row) => row.some((cell) => cell));
  }

  function walk(node, out, state) {
    node.childNodes.forEach((child) => {
      if (child.nodeType === 3) { state.text += child.data; return; }
      if (child.nodeType !== 1) return;
      const tag = child.tagName;
      if (tag === "STYLE" || tag === "SCRIPT" || tag === "DEL" || tag === "HEAD" || tag === "TITLE") return;
      if (tag === "BR") { flush(out, state); return; }
      if (tag === "TABLE") { flush(out, state); const rows = rowsOf(child); if (rows.length) out.push({ kind: "table", rows: rows }); return; }
      if (BLOCKS.has(tag)) {
        flush(out, state);
        if (tag === "LI") state.text = numberOf(child);
        walk(child, out, state);
        flush(out, state);
      } else walk(child, out, state);
    });
  }
  function flush(out, state) {
    const text = clean(state.text).replace(NUMBER, "$1");
    state.text = "";
    if (!text) return;
    const last = out[out.length - 1];
    if (last && last.kind === "text") last.text += "\n" + text; else out.push({ kind: "text", text: text });
  }

  /* From the clipboard to pieces: [{kind: "text", text}, {kind: "table", rows}]; null leaves it to the browser. */
  function pieces(html, plain) {
    if (html) {
      const body = new DOMParser().parseFromString(html.replace(/(<[^>]*\s)style=/gi, "$1data-style="), "text/html").body;  // styles of others are not applied
      const out = [];
      const state = { text: "" };
      walk(body, out, state);
      flush(out, state);
      if (out.length) return out;
    }
    const rows = plain.replace(/\r/g, "").replace(/\n+$/, "").split("\n").map((line) => line.split("\t"));
    if (rows.length > 1 && rows.every((row) => row.length > 1)) return [{ kind: "table", rows: rows.map((row) => row.map(clean)) }];
    return null;
  }
  window.taihePaste = { pieces: pieces, clean: clean };
})();
