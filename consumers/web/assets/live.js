// Figures that move while a page is looked at. The page is whole without this: it only writes what the server says into cells that
// are there, and asks for the page again when there are others. No library, no storage, no address but this server's.
"use strict";

(() => {
  const main = document.querySelector("main[data-live]");
  if (!main || !("EventSource" in window)) return;

  const CHANGED_MS = 1600; // a figure that changed stands out for so long
  const SOON_MS = 1500; // other rows: ask for the page again
  const LATER_MS = 10000; // drawings follow the figures
  const AGAIN_MS = 30000; // after a refusal (too many look): try again

  let stream = null;
  let timer = 0;
  let due = Infinity;

  const part = (name, key) => main.querySelector(`td[data-part="${name}"][data-key="${CSS.escape(key)}"]`);

  const write = (cell, text) => {
    const place = cell.querySelector("a, .mark") || cell;
    if (place.textContent.trim() === text) return false;
    place.textContent = text;
    return true;
  };

  const show = (id, { kind, text }) => {
    const badge = document.getElementById(id);
    if (!badge) return;
    badge.className = `badge ${kind}`;
    badge.hidden = false;
    if (badge.textContent !== text) badge.textContent = text;
  };

  const figure = (key, { quantity, events, mark, words }) => {
    const cell = part("quantity", key);
    if (!cell) return false;
    if (write(cell, quantity)) {
      cell.classList.add("changed");
      setTimeout(() => cell.classList.remove("changed"), CHANGED_MS);
      refresh(LATER_MS);
    }
    const counted = part("events", key);
    if (counted && events !== null) write(counted, events);
    const agrees = part("agrees", key);
    if (agrees) {
      write(agrees, words);
      const shown = agrees.querySelector(".mark");
      if (shown) shown.className = `mark ${mark}`;
    }
    return true;
  };

  const figures = (news) => {
    let isWhole = news.gone.length === 0;
    for (const [key, one] of Object.entries(news.figures)) isWhole = figure(key, one) && isWhole;
    if (news.full) {
      for (const cell of main.querySelectorAll('td[data-part="quantity"]')) isWhole = cell.dataset.key in news.figures && isWhole;
    }
    for (const line of main.querySelectorAll(".provenance.moves")) line.textContent = news.provenance;
    if (!isWhole) refresh(SOON_MS);
  };

  const refresh = (after) => {
    const at = performance.now() + after;
    if (at >= due) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(fetchPage, after);
  };

  const fetchPage = async () => {
    due = Infinity;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
      if (fresh) replace(fresh);
    } catch {
      // The stream says by itself that the server is away.
    }
  };

  // Sections that did not change stay, and so does the one in which somebody is.
  const replace = (fresh) => {
    const old = [...main.querySelectorAll(":scope > section")];
    const made = [...fresh.querySelectorAll(":scope > section")];
    if (old.length === made.length) {
      old.forEach((section, number) => {
        if (section.outerHTML !== made[number].outerHTML && !section.contains(document.activeElement)) section.replaceWith(made[number]);
      });
    } else if (document.activeElement === document.body || document.activeElement === main || !main.contains(document.activeElement)) {
      const isOpen = main.querySelector(".filters")?.open;
      main.replaceChildren(...fresh.childNodes);
      const filters = main.querySelector(".filters");
      if (filters && isOpen) filters.open = true;
    } else {
      refresh(LATER_MS);
    }
  };

  const open = () => {
    if (stream) return;
    stream = new EventSource(main.dataset.live);
    stream.addEventListener("state", (event) => {
      const said = JSON.parse(event.data);
      show("badge", said.badge);
      show("live", said.live);
    });
    stream.addEventListener("figures", (event) => figures(JSON.parse(event.data)));
    stream.addEventListener("error", () => {
      show("live", { kind: "stale", text: main.dataset.lost });
      if (stream && stream.readyState === EventSource.CLOSED) {
        close();
        setTimeout(watch, AGAIN_MS);
      }
    });
  };

  const close = () => {
    if (stream) stream.close();
    stream = null;
  };

  // A page that nobody sees keeps no connection: browsers have few of them for one server.
  const watch = () => (document.visibilityState === "visible" ? open() : close());
  document.addEventListener("visibilitychange", watch);
  addEventListener("pagehide", close);
  watch();
})();
