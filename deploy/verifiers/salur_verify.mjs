#!/usr/bin/env node
// Check what a Salur ledger proves, without Salur: one file for Node 18 or newer, nothing to install.
//
//     node salur_verify.mjs --key KEY FILE...        receipts and tally proofs, compact or complete
//
// The twin of salur_verify.py, written from the same formats (deploy/decisions/0006-proofs.md). KEY is the operator's
// public key (name+id+base64), pinned, or a file of your own that holds it. Exit code 0: all hold; 1: something does not.

import { createHash, createPublicKey, verify } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { pathToFileURL } from "node:url";

const DIMENSIONS = "table destination programme activity tranche partner simulated item measure unit day recipient_type place holder lot".split(" ");
const UNMIXED = ["table", "simulated", "measure", "unit"];
export const ORDERS = {
  destination: ["destination", "programme", "item", "partner"], programme: ["programme", "destination", "item", "partner"],
  item: ["item", "destination", "programme", "partner"], partner: ["partner", "programme", "destination", "item"],
  place: ["place", "programme", "item", "partner"], day: ["day", "programme", "destination", "item"],
};
const KINDS = UNMIXED.map((name) => DIMENSIONS.indexOf(name));
const MEASURE = DIMENSIONS.indexOf("measure");
const SEPARATOR = "\u0000";

class Wrong extends Error {}
const fail = (words) => { throw new Wrong(words); };
const own = (object, name) => (Object.hasOwn(object, name) ? object[name] : fail(`${name} is missing`));

// ---- strict reading

const sha256 = (...parts) => { const hash = createHash("sha256"); for (const part of parts) hash.update(part); return hash.digest(); };
const [ZERO, ONE] = [Buffer.from([0]), Buffer.from([1])];
const node = (left, right) => sha256(ONE, left, right);
const unbase64 = (text) => { const content = Buffer.from(text, "base64"); return content.toString("base64") === text ? content : fail("base64"); };
const unhex = (text) => { const content = Buffer.from(text, "hex"); return content.toString("hex") === text ? content : fail("hex"); };
const whole = (text) => (/^(0|-?[1-9][0-9]*)$/.test(text) && typeof text === "string" ? BigInt(text) : fail("a number is not in its one form"));
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const canonical = (value) => Buffer.from(JSON.stringify(value));
const same = (left, right) => left.length === right.length && left.compare(right) === 0;
// By code points, which is the order of UTF-8; JavaScript's own order differs where surrogates are.
const compare = (a, b) => (a === b ? 0 : Buffer.from(a).compare(Buffer.from(b)));

// ---- trees and signatures

const split = (size) => { let left = 1; while (left * 2 < size) left *= 2; return left; };

function climb(leaf, index, size, path) {
  if (size === 1) return leaf;
  const sibling = path.pop() ?? fail("the inclusion proof is too short");
  const left = split(size);
  return index < left ? node(climb(leaf, index, left, path), sibling) : node(sibling, climb(leaf, index - left, size - left, path));
}

function openCheckpoint(note, key) {
  const [name, id, ...rest] = key.trim().split("+");
  const bytes = unbase64(rest.join("+"));
  if (bytes[0] !== 1 || bytes.length !== 33 || sha256(name + "\n", bytes).subarray(0, 4).toString("hex") !== id) fail("the pinned key");
  const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: bytes.subarray(1).toString("base64url") }, format: "jwk" });
  const gap = note.lastIndexOf("\n\n");
  const line = gap < 0 ? undefined : note.slice(gap + 2).split("\n").find((one) => one.startsWith(`\u2014 ${name} `) &&
    unbase64(one.split(" ").slice(2).join(" ")).subarray(0, 4).toString("hex") === id);
  const signature = line === undefined ? fail("the note is not signed by the pinned key") : unbase64(line.split(" ").slice(2).join(" "));
  const text = note.slice(0, gap + 1);
  if (!verify(null, Buffer.from(text), publicKey, signature.subarray(4))) fail("the signature does not fit the note");
  const [origin, size, root, ...more] = text.slice(0, -1).split("\n");
  if (origin !== name || root === undefined) fail("the checkpoint is of another log");
  return { size: Number(whole(size)), root: unbase64(root), rootText: root, more };
}

function openSeal(document, note, key) {
  const { size, root, rootText, more } = openCheckpoint(note, key);
  const seal = JSON.parse(document);
  if (more.length !== 1 || more[0] !== `salur-seal ${seal.number} ${sha256(document).toString("hex")}`) fail("the note does not bind this seal document");
  if (seal.checkpoint !== `${key.split("+")[0]}\n${size}\n${rootText}\n`) fail("the seal document has another checkpoint");
  return { ...seal, size, root };
}

function checkReceipt(text, key) {
  const gap = text.indexOf("\n\n");
  const [first, extra, index, ...path] = text.slice(0, gap).split("\n");
  if (gap < 0 || first !== "c2sp.org/tlog-proof@v1" || !extra.startsWith("extra ") || !index.startsWith("index ")) fail("the file is no receipt");
  const { size, root } = openCheckpoint(text.slice(gap + 2), key);
  const [leaf, at, rest] = [unbase64(extra.slice(6)), Number(whole(index.slice(6))), path.map(unbase64)];
  if (at < 0 || at >= size || !same(climb(sha256(ZERO, leaf), at, size, rest), root) || rest.length) fail("the receipt does not lead to the root");
  return { kind: "receipt", decision: at + 1, ...JSON.parse(utf8.decode(leaf)) };
}

// ---- compact proofs

function matches(low, high, wanted) {
  let all = true;
  for (const [place, allowed] of wanted) {
    const [least, most] = [low[place], high[place]];
    if (!Array.isArray(allowed)) {
      if (compare(most, allowed.from) < 0 || compare(least, allowed.to) > 0) return false;
      all &&= compare(allowed.from, least) <= 0 && compare(most, allowed.to) <= 0;
    } else if (!allowed.some((value) => compare(least, value) <= 0 && compare(value, most) <= 0)) return false;
    else all &&= least === most;
  }
  return all ? true : null;
}

function readWanted(wanted) {
  for (const [name, allowed] of Object.entries(wanted)) {
    const values = Array.isArray(allowed) ? allowed : [own(allowed, "from"), own(allowed, "to")];
    if (!DIMENSIONS.includes(name) || !values.length || values.some((value) => typeof value !== "string")) fail("the question is not of the form");
  }
  if (UNMIXED.some((name) => !Array.isArray(wanted[name])) || ["measure", "unit", "simulated"].some((name) => wanted[name].length !== 1)) fail("no figure");
  return Object.entries(wanted).map(([name, allowed]) => [DIMENSIONS.indexOf(name), allowed]);
}

function joined(left, right) {
  const low = left.low.map((value, place) => (compare(value, right.low[place]) <= 0 ? value : right.low[place]));
  const high = left.high.map((value, place) => (compare(value, right.high[place]) >= 0 ? value : right.high[place]));
  const alike = KINDS.every((place) => low[place] === high[place]) && left.steps !== null && right.steps !== null;
  const [cells, steps] = [left.cells + right.cells, alike ? left.steps + right.steps : null];
  const summary = canonical([...low.map((least, place) => (least === high[place] ? least : [least, high[place]])), cells, steps === null ? null : `${steps}`]);
  return { low, high, cells, steps, hash: sha256(ONE, sha256(left.hash, right.hash), summary) };
}

// How many bits two keys share before they part.
function parting(one, other) {
  for (let at = 0; ; at += 1) {
    const differing = (one[at] ?? 0) ^ (other[at] ?? 0);
    if (differing) return at * 8 + Math.clz32(differing) - 24;
  }
}

function readNode(proof, wanted, found, depth = 0) {
  if (depth > 400) fail("the proof is deeper than any tree of sums");
  if (Array.isArray(proof)) {
    if (proof.length !== 2) fail("a node has two children");
    return joined(...proof.map((child) => readNode(child, wanted, found, depth + 1)));
  }
  const [bounds, [cells, digits]] = [proof.s.slice(0, -2), proof.s.slice(-2)];
  if (bounds.length !== DIMENSIONS.length) fail("a summary does not tell all dimensions");
  const [low, high] = [0, 1].map((side) => bounds.map((bound) => (Array.isArray(bound) ? bound[side] : bound)));
  const steps = digits === null ? null : whole(digits);
  const all = matches(low, high, wanted);
  if (all === null) fail("the proof leaves cells out that may belong to the figure");
  if (all) found.push([steps ?? fail("the proof adds up different units"), cells]);
  const summary = canonical(proof.s);
  return { low, high, cells, steps, hash: Object.hasOwn(proof, "c") ? sha256(ONE, unhex(proof.c), summary) : sha256(ZERO, summary) };
}

function checkCompact(text, key) {
  const bundle = JSON.parse(text);
  if (bundle.format !== "salur-compact@1") fail("the proof is of another format");
  const seal = openSeal(bundle.document, bundle.note, key);
  const [wanted, found] = [readWanted(bundle.wanted), []];
  const root = own(bundle, "proof") === null ? sha256("") : readNode(bundle.proof, wanted, found).hash;
  if (root.toString("hex") !== own(seal.tallies, bundle.order)) fail("the proof does not lead to the sealed sums");
  const steps = found.reduce((sum, [one]) => sum + one, 0n);
  const cells = found.reduce((sum, [, one]) => sum + one, 0);
  if (`${steps}` !== bundle.figure.steps || cells !== bundle.figure.cells) fail(`the figure is ${bundle.figure.steps}, the sealed sums come to ${steps}`);
  return { kind: "compact", seal: seal.number, booking: seal.booking, steps: `${steps}`, cells };
}

// ---- complete proofs: the published posting rules

const PAID = Object.fromEntries("instructed sent confirmed failed returned reissued refunded".split(" ").map((stage) => [`disbursement.${stage}`, stage]));
Object.assign(PAID, { "batch.declared": "declared", "incentive.paid": "paid" });
const SERVED = { "training.offered": "offered", "group.assisted": "assisted", "participants.engaged": "engaged", "persondays.worked": "worked",
  "training.delivered": "trained", "placement.made": "placed", "service.delivered": "served" };
const PLANNED = { "budget.allocated": "budget", "expenditure.recorded": "realised", "target.set": "target", "capacity.stated": "capacity", "caseload.stated": "affected" };
const REACHING = new Set(["confirmed", "distributed", "assisted", "trained", "served", "placed"]);
const DELIVERED = new Set([...REACHING, "paid", "engaged", "worked"]);
const DECIMALS = { litre: 3, kilogram: 3, percent: 2, IDR: 2, HKD: 2, TWD: 2, MYR: 2, SGD: 2, BND: 2 };
const JOINS = { "event.reversed": "reversal", "event.amended": "replacement", "target.revised": "replacement", "evidence.attached": "evidence" };
const PEOPLE_THEMSELVES = new Set(["assisted", "engaged", "trained", "placed", "served"]);
const UNKNOWN = "unknown";

function stepsOf(quantity, unit) {
  const decimals = DECIMALS[unit.endsWith("/day") ? unit.slice(0, -4) : unit] ?? 0;
  if (typeof quantity === "number") return BigInt(quantity) * 10n ** BigInt(decimals);
  const [all, part = ""] = quantity.split(".");
  const digits = all.replace(/^[-+]/, "") + part.slice(0, decimals).padEnd(decimals, "0");
  return all.startsWith("-") ? -BigInt(digits) : BigInt(digits);
}

const under = (cell, measure) => { const values = cell.split(SEPARATOR); values[MEASURE] = measure; return values.join(SEPARATOR); };
const measureOf = (cell) => cell.split(SEPARATOR, MEASURE + 1)[MEASURE];
const put = (sums, cell, steps) => sums.set(cell, (sums.get(cell) ?? 0n) + steps);
const withoutZeros = (sums) => { for (const [cell, steps] of sums) if (steps === 0n) sums.delete(cell); return sums; };

function postings(kind, data, partner, day) {
  const sums = new Map();
  const simulated = partner.startsWith("simulasi-") ? "true" : "false";
  const at = (programme, activity) => [data.country ?? "", programme ?? UNKNOWN, activity ?? UNKNOWN, data.tranche ?? UNKNOWN];
  const where = at(data.programme, data.activity);
  const rest = [day, data.recipient_type ?? UNKNOWN, data.place?.code ?? UNKNOWN];
  const add = (table, item, measure, unit, quantity, { holder = "", lot = "", sign = 1n, of = where } = {}) =>
    put(sums, [table, ...of, partner, simulated, item, measure, unit, ...rest, holder, lot].join(SEPARATOR), sign * stepsOf(quantity, unit));
  const stock = (line, holder, quantity, sign = 1n, state = "on-hand") =>
    put(sums, ["stock", "", "", "", "", "", simulated, line.item, state, line.unit, "", "", "", holder, line.lot ?? UNKNOWN].join(SEPARATOR), sign * stepsOf(quantity, line.unit));
  const people = (line, stage, table, item, more) => {
    let [whole, unit] = [null, null];
    if (line.recipients && REACHING.has(stage)) {
      [whole, unit] = ["recipients", line.recipients.unit];
      add(table, item, whole, unit, line.recipients.count, more);
    } else if (PEOPLE_THEMSELVES.has(stage) && line.quantity !== undefined && ["person", "household"].includes(line.unit)) [whole, unit] = [stage, line.unit];
    else return;
    for (const [dimension, values] of Object.entries(line.disaggregation ?? {}))
      for (const [value, count] of Object.entries(values)) add(table, item, `${whole}.${dimension}.${value}`, unit, count, more);
  };
  const gives = data.from || data.to || partner;
  const takes = data.to || data.from || partner;
  const goods = (line) => {
    const [given, taken] = [gives, takes].map((holder) => ({ holder, lot: line.lot ?? UNKNOWN }));
    const count = (measure, side) => add("distributions", line.item, measure, line.unit, line.quantity, side);
    switch (kind) {
      case "proceeds.reinvested": return add("distributions", "uang", "reinvested", line.currency, line.amount, given);
      case "distribution.recorded":
        if (line.quantity !== undefined) { count("distributed", given); stock(line, gives, line.quantity, -1n); }
        return people(line, "distributed", "distributions", line.item, given);
      case "goods.produced": case "goods.procured": count(kind.slice(6), taken); return stock(line, takes, line.quantity);
      case "consignment.dispatched": count("dispatched", given); stock(line, gives, line.quantity, -1n); return stock(line, takes, line.quantity, 1n, "in-transit");
      case "goods.sold": count("sold", given); stock(line, gives, line.quantity, -1n); return add("distributions", line.item, "revenue", line.currency, line.revenue, given);
      case "consignment.received":
        count("received", taken); stock(line, takes, line.quantity); stock(line, takes, line.quantity, -1n, "in-transit");
        for (const gone of [line.damaged ?? 0, line.missing ?? 0]) { stock(line, takes, gone, -1n, "in-transit"); add("distributions", line.item, "lost", line.unit, gone, taken); }
        return undefined;
      case "stock.adjusted": {
        const inward = data.direction === "in";
        count(`adjusted-${data.direction}`, inward ? taken : given);
        return stock(line, inward ? takes : gives, line.quantity, inward ? 1n : -1n);
      }
      default: return undefined;
    }
  };
  const plan = (line, measure) => {
    if (measure === "budget" || measure === "realised") add("plans", "uang", measure, line.currency, line.amount);
    else if (measure === "affected") add("plans", "", measure, line.unit, line.quantity);
    else add("plans", line.item, measure, line.unit + (line.per === "day" ? "/day" : ""), line.quantity);
  };
  if (kind === "budget.reallocated") for (const [side, sign] of [["from", -1n], ["to", 1n]])
    add("plans", "uang", "budget", data.currency, data.amount, { sign, of: at(data[side].programme, data[side].activity) });
  else if (kind !== "target.revised") for (const line of data.lines ?? []) {
    if (Object.hasOwn(PAID, kind)) {
      add("disbursements", "uang", PAID[kind], "payment", line.payments);
      add("disbursements", "uang", PAID[kind], line.currency, line.amount);
      people(line, PAID[kind], "disbursements", "uang");
    } else if (Object.hasOwn(SERVED, kind)) {
      if (line.quantity !== undefined) add("services", line.item, SERVED[kind], line.unit, line.quantity);
      people(line, SERVED[kind], "services", line.item);
    } else if (Object.hasOwn(PLANNED, kind)) plan(line, PLANNED[kind]);
    else goods(line);
  }
  if (data.evidence && data.evidence.length !== 0) for (const [cell, steps] of [...sums]) if (DELIVERED.has(measureOf(cell))) put(sums, under(cell, "evidenced"), steps);
  return withoutZeros(sums);
}

class Chain {
  constructor(number, kind, source, day, ownSums) { Object.assign(this, { number, kind, source, day, own: ownSums, members: [] }); }

  comesTo() {
    const struck = new Set();
    for (const { number, target, how } of this.members.toReversed?.() ?? [...this.members].reverse()) if (how === "reversal" && !struck.has(number)) struck.add(target);
    if (struck.has(this.number)) return new Map();
    const standing = this.members.filter((member) => !struck.has(member.number));
    const version = standing.findLast((member) => member.how === "replacement")?.replacement ?? this.own;
    const total = new Map(version);
    const kinds = new Set(standing.map((member) => member.how));
    const shown = kinds.has("evidence") && ![...version.keys()].some((cell) => measureOf(cell) === "evidenced");
    for (const [measure, there] of [["verified", kinds.has("verification")], ["evidenced-later", shown]])
      if (there) for (const [cell, steps] of version) if (DELIVERED.has(measureOf(cell))) put(total, under(cell, measure), steps);
    return total;
  }

  join(number, target, how, replacement) {
    const before = this.comesTo();
    this.members.push({ number, target, how, replacement });
    const change = new Map(this.comesTo());
    for (const [cell, steps] of before) put(change, cell, -steps);
    return withoutZeros(change);
  }
}

const dayOf = (time) => new Date(Date.parse(time.toUpperCase()) + 7 * 3_600_000).toISOString().slice(0, 10);

class Reading {
  constructor(named) { Object.assign(this, { named: new Set(named), known: new Map(), ids: new Set(), sums: new Map(), roots: [], number: 0, booking: 0 }); }

  take(leafBytes, raw, headers) {
    let [merged, size] = [sha256(ZERO, leafBytes), this.number++];
    for (; size & 1; size = Math.floor(size / 2)) merged = node(this.roots.pop(), merged);
    this.roots.push(merged);
    const leaf = JSON.parse(utf8.decode(leafBytes));
    if (leaf.booking < this.booking) fail(`decision ${this.number}: its booking is before that of the decision before it`);
    this.booking = leaf.booking;
    if (leaf.disposition !== "accepted") return [leaf, new Map()];
    if (sha256(raw).toString("hex") !== leaf.sha256) fail(`decision ${this.number}: these are not the bytes that were booked`);
    let event = JSON.parse(utf8.decode(raw));
    if (headers.length) {
      const attributes = JSON.parse(utf8.decode(headers)).filter(([name]) => name.startsWith("ce_")).map(([name, value]) => [name.slice(3), utf8.decode(unhex(value))]);
      event = { ...Object.fromEntries(attributes), data: event };
    }
    if (event.source !== leaf.source || event.id !== leaf.event_id) fail(`decision ${this.number}: the log names another event than the bytes`);
    const id = event.source + SEPARATOR + event.id;
    if (this.ids.has(id)) fail(`decision ${this.number}: an event with this id was accepted before`);
    this.ids.add(id);
    const added = this.count(event, id);
    for (const [cell, steps] of added) put(this.sums, cell, steps);
    return [leaf, added];
  }

  count({ type, source, time, data }, id) {
    const kind = type.slice("salur.".length, -".v1".length);
    const how = kind === "delivery.verified" && data.result === "confirmed" ? "verification" : Object.hasOwn(JOINS, kind) ? JOINS[kind] : undefined;
    let [chain, added] = [null, null];
    if (how === undefined) {
      const day = dayOf(time);
      added = this.own(kind, data, source, day);
      chain = new Chain(this.number, kind, source, day, added);
    } else {
      const [target, root] = this.original(data, source) ?? fail(`decision ${this.number}: what it names is not among the decisions before it`);
      const { original: _original, reason: _reason, ...revised } = data;
      const put = how === "replacement" ? (kind === "event.amended" ? data.replacement : revised) : null;
      added = root.join(this.number, target, how, put && this.own(root.kind, put, root.source, put.time === undefined ? root.day : dayOf(put.time)));
      chain = root;
    }
    if (this.named.has(this.number)) this.known.set(id, [this.number, chain, kind]);
    return added;
  }

  original({ original }, source) {
    return this.known.get(typeof original === "object" ? original.source + SEPARATOR + original.id : source + SEPARATOR + original);
  }

  own(kind, data, source, day) {
    const sums = postings(kind, data, source.slice(source.lastIndexOf(":") + 1), day);
    if (kind === "disbursement.returned" && this.original(data, source)?.[2] === "disbursement.confirmed")
      for (const [cell, steps] of [...sums]) if (measureOf(cell) === "returned") sums.set(under(cell, "undelivered"), steps);
    return sums;
  }

  root() { return this.roots.length ? this.roots.reduceRight((right, left) => node(left, right)) : sha256(""); }

  sumsRoot(order) {
    const first = [...UNMIXED, ...ORDERS[order]];
    const places = [...first, ...DIMENSIONS.filter((name) => !first.includes(name))].map((name) => DIMENSIONS.indexOf(name));
    // A zero byte sorts before all others, so the joined values sort as the list of them would.
    const sorted = [...this.sums].filter(([, steps]) => steps !== 0n).map(([cell, steps]) => {
      const low = cell.split(SEPARATOR);
      return { key: Buffer.from(places.map((place) => low[place]).join(SEPARATOR)), low, high: low, cells: 1, steps, hash: sha256(ZERO, canonical([...low, 1, `${steps}`])) };
    }).sort((a, b) => a.key.compare(b.key));
    const left = []; // what is to the left of the current node, with the bit at which each parts from what follows it
    let [before, current] = [null, null];
    for (const leaf of sorted) {
      if (current) {
        const parts = parting(before, leaf.key);
        while (left.length && left.at(-1).parts > parts) current = joined(left.pop().node, current);
        left.push({ parts, node: current });
      }
      before = leaf.key;
      current = leaf;
    }
    while (left.length) current = joined(left.pop().node, current);
    return (current ? current.hash : sha256("")).toString("hex");
  }
}

class Bytes {
  constructor(path) { Object.assign(this, { file: openSync(path), buffer: Buffer.alloc(0), at: 0, chunk: 1 << 22, left: statSync(path).size }); }

  need(length) {
    if (this.buffer.length - this.at >= length) return;
    const more = Buffer.allocUnsafe(Math.min(Math.max(length, this.chunk), this.left));
    const read = readSync(this.file, more, 0, more.length, null);
    this.left -= read;
    this.buffer = Buffer.concat([this.buffer.subarray(this.at), more.subarray(0, read)]);
    this.at = 0;
  }

  take(length) {
    this.need(length);
    const taken = this.buffer.subarray(this.at, this.at + length);
    this.at += taken.length;
    return taken;
  }

  line() {
    for (let end; ; this.need(this.buffer.length - this.at + this.chunk)) {
      if ((end = this.buffer.indexOf(10, this.at)) >= 0) return this.take(end + 1 - this.at);
      if (!this.left) return this.take(this.buffer.length - this.at);
    }
  }
}

function checkComplete(bytes, key, orders) {
  const head = JSON.parse(utf8.decode(bytes.line()));
  const seal = openSeal(head.document, head.note, key);
  const [wanted, reading, members] = [readWanted(head.wanted), new Reading(head.named), createHash("sha256")];
  let [steps, events, lengths] = [0n, 0, null];
  while ((lengths = bytes.take(12)).length) {
    const [leafBytes, raw, headers] = [0, 4, 8].map((at) => lengths.readUInt32BE(at)).map((length) => bytes.take(length));
    const [leaf, added] = reading.take(leafBytes, raw, headers);
    let isMember = false;
    for (const [cell, change] of added) {
      const values = cell.split(SEPARATOR);
      if (matches(values, values, wanted)) { steps += change; isMember = true; }
    }
    if (isMember) { events += 1; members.update(`${reading.number} ${leaf.source} ${leaf.event_id}\n`); }
  }
  if (reading.number !== seal.size || !same(reading.root(), seal.root)) fail(`these ${reading.number} decisions are not the ${seal.size} that were sealed`);
  for (const order of orders) if (reading.sumsRoot(order) !== seal.tallies[order]) fail("the events do not come to the sealed sums");
  const figure = { steps: `${steps}`, events, members: members.digest("hex") };
  for (const [name, value] of Object.entries(figure)) if (head.figure[name] !== value) fail(`reading all again comes to ${steps} of ${events} events`);
  return { kind: "complete", seal: seal.number, booking: seal.booking, decisions: reading.number, ...figure };
}

// ---- the command

export function check(path, key, orders) {
  const bytes = new Bytes(path);
  try {
    bytes.need(64);
    if (bytes.buffer.subarray(0, 28).equals(Buffer.from('{"format":"salur-complete@1"'))) return { ok: true, path, ...checkComplete(bytes, key, orders) };
    const text = utf8.decode(readFileSync(path));
    return { ok: true, path, ...(text.startsWith("{") ? checkCompact(text, key) : checkReceipt(text, key)) };
  } catch (error) {
    return { ok: false, path, wrong: error instanceof Wrong ? error.message : `the file is not of the form (${error.name})` };
  } finally {
    closeSync(bytes.file);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const words = process.argv.slice(2);
  const named = words.indexOf("--key");
  const every = words.includes("--all-orders");
  const paths = words.filter((word, place) => word !== "--all-orders" && (named < 0 || (place !== named && place !== named + 1)));
  if (named < 0 || !words[named + 1] || !paths.length) { console.error("usage: node salur_verify.mjs --key KEY [--all-orders] FILE..."); process.exit(2); }
  const key = existsSync(words[named + 1]) ? readFileSync(words[named + 1], "utf8").trim() : words[named + 1];
  let code = 0;
  for (const path of paths) {
    const found = check(path, key, every ? Object.keys(ORDERS) : ["destination"]);
    console.log(JSON.stringify(found));
    if (!found.ok) code = 1;
  }
  process.exit(code);
}
