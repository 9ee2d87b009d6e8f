// Computes a published draw again, in this browser, from the published files alone. What it must find is said by
// waiting_room::draw: the rules of RFC 9162 for the root, SHA-256 for leaves, seed and places.
(() => {
  "use strict";
  const box = document.getElementById("again");
  if (!box || !window.fetch || !window.BigInt || !window.TextEncoder) return;
  const ko = document.documentElement.lang === "ko";
  const $ = (id) => document.getElementById(id);
  const say = (text) => { $("again-said").textContent = text; };
  const t = (korean, english) => (ko ? korean : english);

  // FIPS 180-4.
  const K = new Uint32Array(64), H0 = new Uint32Array(8);
  (() => {
    const isPrime = (n) => { for (let d = 2; d * d <= n; d++) if (n % d === 0) return false; return true; };
    const root = (n, power) => {
      const wanted = BigInt(n) << BigInt(32 * power);
      let low = 0n, high = 1n << 40n;
      while (high - low > 1n) {
        const middle = (low + high) >> 1n;
        if (middle ** BigInt(power) <= wanted) low = middle; else high = middle;
      }
      return Number(low & 0xffffffffn);
    };
    for (let n = 2, found = 0; found < 64; n++) {
      if (!isPrime(n)) continue;
      K[found] = root(n, 3);
      if (found < 8) H0[found] = root(n, 2);
      found += 1;
    }
  })();
  const W = new Uint32Array(64);

  function sha256(bytes) {
    const blocks = ((bytes.length + 8) >> 6) + 1, padded = new Uint8Array(blocks * 64);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    const view = new DataView(padded.buffer);
    view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x20000000));
    view.setUint32(padded.length - 4, (bytes.length << 3) >>> 0);
    const h = Uint32Array.from(H0);
    const turn = (x, n) => (x >>> n) | (x << (32 - n));
    for (let block = 0; block < blocks; block++) {
      for (let i = 0; i < 16; i++) W[i] = view.getUint32(block * 64 + i * 4);
      for (let i = 16; i < 64; i++) {
        const a = W[i - 15], b = W[i - 2];
        W[i] = W[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + W[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
      }
      let [a, b, c, d, e, f, g, k] = h;
      for (let i = 0; i < 64; i++) {
        const one = (k + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
        const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        k = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
      }
      [a, b, c, d, e, f, g, k].forEach((word, i) => { h[i] = h[i] + word; });
    }
    const out = new Uint8Array(32), words = new DataView(out.buffer);
    h.forEach((word, i) => words.setUint32(i * 4, word));
    return out;
  }

  const text = (words) => new TextEncoder().encode(words);
  const unhex = (digits) => Uint8Array.from(digits.match(/../g) || [], (pair) => parseInt(pair, 16));
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const high = (number, length) => {
    const bytes = new Uint8Array(length);
    for (let at = length - 1, left = BigInt(number); at >= 0; at--, left >>= 8n) bytes[at] = Number(left & 255n);
    return bytes;
  };
  function joined(...parts) {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => { whole.set(part, at); return at + part.length; }, 0);
    return whole;
  }
  const named = (words) => { const bytes = text(words); return joined(high(bytes.length, 4), bytes); };
  const rest = () => new Promise((go) => setTimeout(go));

  // Leaves of 32 bytes, one after the other, as the list has them; null for a list that is not in order.
  async function leavesOf(response) {
    const size = (count) => new Uint8Array(32 * count);
    let leaves = size(1024), count = 0, left = "";
    const reader = response.body.getReader(), words = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      const lines = (left + (done ? "" : words.decode(value, { stream: true }))).split("\n");
      left = done ? "" : lines.pop();
      for (const line of lines) {
        if (line === "" || line === "position,leaf") continue;
        const [position, leaf] = line.split(",");
        if (Number(position) !== count || !/^[0-9a-f]{64}$/.test(leaf || "")) return null;
        if ((count + 1) * 32 > leaves.length) { const more = size(count * 2); more.set(leaves); leaves = more; }
        leaves.set(unhex(leaf), count * 32);
        if (count > 0 && hex(leaves.subarray(count * 32 - 32, count * 32)) >= leaf) return null;
        count += 1;
      }
      if (done) return leaves.subarray(0, count * 32);
    }
  }

  // RFC 9162, 2.1: 0 before a leaf, 1 before two nodes; one without a neighbour goes up as it is.
  async function rootOf(leaves) {
    const count = leaves.length / 32;
    if (count === 0) return sha256(new Uint8Array(0));
    let nodes = new Uint8Array(leaves.length), before = new Uint8Array(33);
    for (let n = 0; n < count; n++) {
      before.set(leaves.subarray(n * 32, n * 32 + 32), 1);
      nodes.set(sha256(before), n * 32);
      if (n % 20000 === 19999) {
        say(t(`명단을 계산하고 있습니다: ${count}명 가운데 ${n + 1}명`, `Computing the list: ${n + 1} of ${count}`));
        await rest();
      }
    }
    const pair = new Uint8Array(65);
    pair[0] = 1;
    for (let width = count; width > 1; width = Math.ceil(width / 2)) {
      for (let n = 0; n < width; n += 2) {
        if (n + 1 === width) { nodes.copyWithin(n * 16, n * 32, n * 32 + 32); continue; }
        pair.set(nodes.subarray(n * 32, n * 32 + 64), 1);
        nodes.set(sha256(pair), n * 16);
        if (n % 40000 === 39998) await rest();
      }
    }
    return nodes.slice(0, 32);
  }

  function roundOf(rules, rootAt) {
    const opens = Date.parse(rules.opens_at), every = rules.source.every_s * 1000, again = Math.max(1, rules.again_every_s) * 1000;
    const first = opens + rules.after_opening_s * 1000, earliest = rootAt + rules.root_before_s * 1000;
    const at = first + Math.ceil(Math.max(0, earliest - first) / again) * again;
    const begun = Date.parse(rules.source.first_at);
    const rounds = Math.ceil(Math.max(0, at - begun) / every);
    return { number: rounds + 1, issuedAt: begun + rounds * every };
  }

  const seedOf = (rules, root, count, value) =>
    sha256(joined(text("charye draw seed 1\n"), named(rules.campaign), root, high(count, 8), named(value)));

  // A Feistel network of twelve rounds over the next power of four, gone through again until it is below the count.
  function placeOf(seed, count, position) {
    let bits = 0;
    while (2 ** bits < count) bits += 1;
    const half = Math.max(3, Math.ceil(bits / 2)), mask = 2 ** half - 1;
    let number = position;
    do {
      let left = Math.floor(number / 2 ** half), right = number % 2 ** half;
      for (let round = 0; round < 12; round++) {
        const hash = sha256(joined(seed, Uint8Array.of(round), high(right, 4)));
        const mixed = (((hash[2] << 8) | hash[3]) + (((hash[0] << 8) | hash[1]) * 65536)) % 2 ** half;
        [left, right] = [right, (left ^ mixed) & mask];
      }
      number = left * 2 ** half + right;
    } while (number >= count);
    return number;
  }

  function find(leaves, leaf) {
    let low = 0, top = leaves.length / 32;
    const wanted = hex(leaf);
    while (low < top) {
      const middle = (low + top) >> 1, there = hex(leaves.subarray(middle * 32, middle * 32 + 32));
      if (there === wanted) return middle;
      if (there < wanted) low = middle + 1; else top = middle;
    }
    return null;
  }

  const get = (name) => fetch(`/draw/files/${name}`, { credentials: "omit", cache: "no-store" });
  const json = (name) => get(name).then((r) => (r.ok ? r.json() : null));

  async function compute() {
    const wrong = (korean, english) => say(t(`다릅니다: ${korean}`, `It does not fit: ${english}`));
    const rules = await json("rules.json"), root = await json("root.json"), value = await json("value.json");
    if (!rules || !root) return say(t("명단이 아직 확정되지 않았습니다.", "The list is not closed yet."));
    if (rules.version !== 1) return say(t("이 화면이 모르는 규칙입니다.", "Rules that this page does not know."));
    const answer = await get("list.csv");
    const leaves = answer.ok ? await leavesOf(answer) : null;
    if (!leaves) return wrong("명단의 줄이 바뀌었거나 순서가 다릅니다.", "a line of the list was changed or is out of order.");
    const count = leaves.length / 32;
    if (count !== root.count) return wrong("명단의 사람 수가 공개된 수와 다릅니다.", "the list has another count than was published.");
    const computed = await rootOf(leaves);
    if (hex(computed) !== root.root) return wrong("명단이 확정된 명단이 아닙니다.", "the list is not the one that was closed.");
    const round = roundOf(rules, Date.parse(root.frozen_at));
    if (round.number !== root.round || round.issuedAt !== Date.parse(root.issued_at)) return wrong("규칙이 정한 회차가 아닙니다.", "it is not the round that the rules name.");
    const found = [t(`명단이 맞습니다: ${count}명, 뿌리 ${root.root}`, `The list fits: ${count} people, root ${root.root}`)];
    let seed = null;
    if (value) {
      seed = seedOf(rules, computed, count, value.value);
      if (hex(seed) !== value.seed) return wrong("씨앗 값이 계산과 다릅니다.", "the seed is not the one that follows.");
      if (value.round !== root.round || Date.parse(value.taken_at) < Date.parse(root.issued_at)) return wrong("값이 제때의 것이 아닙니다.", "the value is not of its time.");
      found.push(t(`순서가 맞습니다: 씨앗 ${value.seed}`, `The order fits: seed ${value.seed}`));
    } else found.push(t("값이 아직 나오지 않아 순서는 기다립니다.", "The value is not out yet; the order waits for it."));
    const receipt = $("again-receipt").value.trim().toLowerCase();
    if (receipt !== "") {
      if (!/^[0-9a-f]{32}$/.test(receipt)) return say(t("접수 번호는 0-9, a-f 32자입니다.", "A receipt has 32 characters of 0-9 and a-f."));
      const leaf = sha256(joined(text("charye draw leaf 1\n"), named(rules.campaign), unhex(receipt)));
      const position = find(leaves, leaf);
      if (position === null) return wrong("이 접수 번호는 명단에 없습니다.", "this receipt is not on the list.");
      found.push(t(`접수 번호가 명단 ${position}번 자리에 있습니다.`, `The receipt is on the list, at position ${position}.`));
      if (seed) {
        const place = placeOf(seed, count, position) + 1;
        found.push(t(`대기 번호는 ${place}번입니다.`, `Its number in line is ${place}.`));
      }
    }
    say(found.join(" "));
  }

  box.hidden = false;
  function go() {
    say(t("계산하고 있습니다.", "Computing."));
    compute().catch(() => say(t("파일을 받지 못했습니다. 잠시 뒤 다시 눌러 주십시오.", "The files did not come. Please press again shortly.")));
  }
  $("again-go").addEventListener("click", go);
  $("again-receipt").addEventListener("keydown", (event) => { if (event.key === "Enter") go(); });
})();
