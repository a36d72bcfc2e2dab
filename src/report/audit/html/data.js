"use strict";
// The findings as data, and elements made of them. Foreign text is shown with textContent alone.
const STATUSES = [["fail", "Failed"], ["unknown", "Unknown"], ["waived", "Waived"], ["pass", "Passed"], ["na", "Not applicable"]];
const SEVERITIES = ["critical", "high", "medium", "low"];
// Texts have this character for their resource's name.
const OWN_NAME = "\uf8ff";
const byId = (id) => document.getElementById(id);
const number = (n) => n.toLocaleString("en-US");
const capital = (word) => word[0].toUpperCase() + word.slice(1);

/** Makes an element; children are elements and texts. */
const make = (tag, attributes = {}, ...children) => {
  const element = tag === "svg" || tag === "rect" ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
};

/** Reads Base64. */
const bytesOf = (text) => {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const chars = atob(text);
  const found = new Uint8Array(chars.length);
  for (let at = 0; at < chars.length; at++) found[at] = chars.charCodeAt(at);
  return found;
};

/** Unpacks the data: the length of the JSON, the JSON, and the columns of the findings. A finding is its number. */
const unpack = async (packed) => {
  const stream = new Blob([bytesOf(packed)]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const buffer = await new Response(stream).arrayBuffer();
  const length = new DataView(buffer).getUint32(0, true);
  const data = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const { count, checks, strings, evidence, waivers, standards, columns } = data;
  const string = (number) => strings[number] || "";
  const resources = data.resources.map((row) => {
    if (!row) return null;
    const [type, id, arn, region, account, owner] = row.slice(0, 6).map(string);
    return { type, id, arn: arn.replaceAll(OWN_NAME, () => id), region, account, owner, tags: row[6].map(string) };
  });
  const none = new Uint8Array(count);
  const column = (name) => {
    if (!columns[name]) return none;
    const [from, width] = columns[name];
    return new { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array }[width](buffer, 4 + length + from, count);
  };
  return { count, checks, strings, string, evidence, waivers, standards, resources, columns, column };
};

/** The fragment of a URL for an id: letters, digits and `-._~:/` stay. */
const fragmentOf = (id) => {
  const percent = (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  return encodeURIComponent(id).replace(/[!'()*]/g, percent).replace(/%3A/g, ":").replace(/%2F/g, "/");
};

/** A text in which words between backticks are code; a lone backtick is one. */
const prose = (text) => {
  const parts = text.split("`");
  return parts.length % 2 ? parts.map((part, at) => (at % 2 ? make("code", {}, part) : part)) : [text];
};

/** Words by turns, a pair in a line. */
const pairs = (words, between) => words.reduce((lines, word, at) => lines + (at % 2 ? between : at ? "\n" : "") + word, "");
