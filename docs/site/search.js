// SPDX-License-Identifier: Apache-2.0
// A search over all pages: those in which each word is, those first whose titles have it.
"use strict";

const CONTEXT = 70; // characters on each side of what was found
const MOST = 30;
const field = document.querySelector("input[type=search]");
const hits = document.querySelector(".hits");

function rank(title, text, words) {
	let sum = 0;
	for (const word of words) {
		const count = text.split(word).length - 1;
		if (!count && !title.includes(word))
			return 0;
		sum += Math.min(count, 20) + (title.includes(word) ? 100 : 0);
	}
	return sum;
}

function excerpt(text, word) {
	const at = Math.max(0, text.toLowerCase().indexOf(word));
	return text.slice(Math.max(0, at - CONTEXT), at + word.length + CONTEXT);
}

function row([title, place, text], words) {
	const item = document.createElement("li"), link = document.createElement("a");
	link.href = place;
	link.textContent = title;
	item.append(link, document.createElement("br"), excerpt(text, words[0]));
	return item;
}

function search() {
	const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
	const found = PAGES.map((page) => [rank(page[0].toLowerCase(), page[2].toLowerCase(), words), page])
		.filter(([sum]) => sum > 0).sort((a, b) => b[0] - a[0]).slice(0, MOST);
	hits.replaceChildren(...found.map(([, page]) => row(page, words)));
	if (words.length && !found.length)
		hits.append("Nothing found.");
	hits.hidden = !words.length;
}

field.addEventListener("input", search);
document.addEventListener("keydown", (event) => {
	if (event.key === "/" && document.activeElement !== field) {
		event.preventDefault();
		field.focus();
	}
});
