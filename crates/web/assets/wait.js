// Repaints the waiting page from the gate document. Who may enter is said by the server: see pages/wait.rs.
(() => {
  "use strict";
  const line = document.getElementById("line");
  if (!line || !window.charye || !window.fetch) return;
  const { now, hms, put, rebase } = window.charye;
  const d = line.dataset;
  const ko = document.documentElement.lang === "ko";
  const $ = (id) => document.getElementById(id);
  const say = (id, text) => put($(id), text);
  const show = (id, yes) => { const el = $(id); if (el) el.hidden = !yes; };
  const fill = (text, n, w) => text.replace("{n}", n).replace("{w}", w);
  const count = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  const spread = (seconds) => seconds * 1000 * (0.8 + Math.random() * 0.4);

  // Every gate document brings them anew: the faster the line, the sooner a page far back looks again.
  let bands = d.poll.split(",").map((b) => b.split(":").map(Number));
  let mine = d.state === "waiting" ? Number(d.queue) : null;
  let validUntil = Number(d.validUntil);
  let asOf = Number(d.asOf);
  let sequence = -1, failures = 0, asked = 0;
  let shownHigh = Number(d.high) || Infinity;
  let shownBand = "", slowerUntil = 0, timer;

  const rounded = (m) => { const s = m < 30 ? 1 : m < 60 ? 5 : 10; return Math.ceil(m / s) * s; };

  function minutes(m) {
    const h = Math.floor(m / 60), r = m % 60;
    if (ko) return [h && h + "시간", (r || !h) && r + "분"].filter(Boolean).join(" ");
    if (!h) return r + (r === 1 ? " minute" : " minutes");
    return h + " h" + (r ? ` ${r} min` : "");
  }

  // The same words as `Lang::wait`.
  function range(lowMinutes, highMinutes) {
    const low = rounded(lowMinutes), high = rounded(highMinutes);
    if (low >= 180) return ko ? "3시간 넘게" : "over 3 hours";
    if (high > 180) return minutes(low) + (ko ? " 이상" : " or more");
    if (high <= 1) return ko ? "1분 안쪽" : "under a minute";
    const about = ko ? "약 " : "about ";
    if (low === high) return about + minutes(high);
    if (high < 60) return about + Math.max(low, 1) + (ko ? "~" : "–") + minutes(high);
    return about + minutes(low) + (ko ? "~" : " – ") + minutes(high);
  }

  // A small rise is not shown; a real one is shown together with its reason.
  function waitWords(ahead, perMinute) {
    if (!perMinute) return null;
    const share = (percent) => Math.ceil(Math.ceil((ahead * percent) / 100) / perMinute);
    const low = share(Number(d.lowPercent)), high = share(Number(d.highPercent));
    if (high > shownHigh && high <= shownHigh * 1.2 + 1) return $("range").textContent;
    if (high > shownHigh) slowerUntil = now() + 60000;
    show("slower", now() < slowerUntil);
    shownHigh = high;
    return range(low, high);
  }

  function bandOf(ahead) {
    for (const band of bands) if (ahead < band[0]) return band;
    return bands[bands.length - 1];
  }

  function paintPhase(doc) {
    if (doc.phase !== d.phase && (d.state === "called" || d.state === "entering")) return again(5);
    d.phase = doc.phase;
    Array.prototype.forEach.call(line.querySelectorAll("[data-phase-is]"), (el) => {
      el.hidden = el.dataset.phaseIs !== doc.phase;
    });
    if (!doc.doses_left) return;
    say("doses", count(doc.doses_left.total));
    show("doses-row", true);
  }

  function paintPlace(doc) {
    const ahead = Math.max(0, mine - doc.serving_number);
    if (mine < doc.serving_number) return again(1);
    const before = /before|lobby|drawing/.test(doc.phase);
    const unknown = doc.phase === "open" ? d.unknown : before ? d.unknownBefore : d.unknownStopped;
    const words = waitWords(ahead, doc.phase === "open" ? doc.admissions_per_minute : 0);
    show("issued", false);
    show("undrawn", false);
    show("waiting", true);
    show("number-row", true);
    say("number", count(mine + 1));
    show("called", mine > ahead);
    say("ahead", count(ahead));
    say("range", words || unknown);
    say("served", count(mine - ahead));
    $("bar").max = Math.max(1, mine);
    $("bar").value = mine - ahead;
    show("short", doc.doses_left && ahead > doc.doses_left.total);
    document.title = fill(d.title, count(ahead));
    // Spoken only when the band changes.
    const band = String(bandOf(ahead)[0]);
    if (band !== shownBand && shownBand) say("live", fill(d.live, count(ahead), words || unknown));
    shownBand = band;
  }

  // One fresh page, not sooner than ten seconds after the last, so that no disagreement becomes a loop.
  function again(withinSeconds) {
    let last = 0;
    try {
      last = Number(sessionStorage.getItem("charye-again"));
      sessionStorage.setItem("charye-again", Date.now());
    } catch (e) { /* a browser without storage only waits longer */ last = performance.now() < 10000 ? Date.now() : 0; }
    const soon = Math.abs(Date.now() - last) < 10000 ? 10 : 0;
    const anew = () => location.assign((ko ? "" : "/en") + "/wait");
    setTimeout(anew, (soon + Math.random() * withinSeconds) * 1000);
  }

  function paint(doc) {
    if (doc.sequence < sequence) return;
    sequence = doc.sequence;
    asOf = Date.parse(doc.as_of);
    validUntil = Date.parse(doc.valid_until);
    rebase(asOf);
    bands = doc.poll.map(([below, seconds]) => [below === null ? Infinity : below, seconds]);
    paintPhase(doc);
    const words = doc.message || { ko: "", en: "" };
    const notice = ko ? words.ko || words.en : words.en || words.ko;
    say("notice", notice);
    show("notice", notice !== "");
    if (mine !== null && now() <= validUntil) paintPlace(doc);
    if (d.state === "undrawn" && !/before|lobby|drawing/.test(doc.phase)) drawn();
  }

  // The draw has been made: the ticket has a number now. Everybody hears it within some seconds of each other.
  function drawn() {
    d.state = "drawn";
    setTimeout(settle, Math.random() * 5000);
  }

  function freshness() {
    say("as-of", hms(asOf));
    show("offline", failures > 0);
    // Whoever looks seldom has old news because of that, and not because they are late.
    show("stale", failures === 0 && now() > validUntil + interval() * 1200);
  }

  // Seldom in the lobby, but not past the opening; then as those do who stand not far from the front.
  function untilDrawn() {
    const of = (n) => bands[Math.min(n, bands.length - 1)][1];
    if (d.phase === "drawing") return of(1);
    return Math.min(of(2), Math.max(0, (Number(d.opens) - now()) / 1000) + 5);
  }

  // Seconds between two looks while all is well.
  function interval() {
    if (d.state === "undrawn") return untilDrawn();
    return bandOf(mine === null ? Infinity : Number(String($("ahead").textContent).replace(/\D/g, "")))[1];
  }

  function next() {
    clearTimeout(timer);
    timer = setTimeout(poll, spread(failures ? Math.min(60, 2 ** failures) : interval()));
  }

  function read(url, options) {
    return fetch(url, options).then((r) => (r.ok ? r.json() : Promise.reject(r.status)));
  }

  function poll() {
    asked = performance.now();
    return read(d.gate, { credentials: "omit" })
      .then((doc) => { failures = 0; paint(doc); }, () => { failures += 1; })
      .then(() => { freshness(); next(); });
  }

  // Until its number is settled, the ticket itself is asked about.
  function settle() {
    const later = (seconds) => setTimeout(settle, spread(seconds || 5));
    read(d.ticket, { credentials: "same-origin", cache: "no-store" }).then((t) => {
      if (t.state === "undrawn" && d.state === "issued") return again(1);
      if (t.queue_number === null || t.queue_number === undefined) return later(t.poll_after_seconds);
      mine = t.queue_number;
      return poll();
    }, () => later(Math.min(60, 5 * ++failures)));
  }

  addEventListener("online", () => setTimeout(poll, Math.random() * 2000));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && performance.now() - asked > 5000) setTimeout(poll, Math.random() * 1000);
  });
  setInterval(freshness, 1000);
  // The page is the answer to a press of the button: it is pressed again, not loaded again.
  if (d.state === "entering") setTimeout(() => line.querySelector("form").requestSubmit(), spread(Number(d.refresh)));
  if (d.state === "issued") {
    shownBand = "issued";
    setTimeout(settle, 1500);
  }
  if (mine !== null) shownBand = String(bandOf(Number(d.ahead))[0]);
  next();
})();
