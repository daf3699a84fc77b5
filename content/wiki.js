/*
 * wiki.js - what makes the wiki nicer; everything works without it.
 *
 * Copy buttons, search as you type, keys, drafts. No other host is asked.
 */
"use strict";

(function () {
	var zh = document.documentElement.lang === "zh-CN";

	/* ---- copy buttons: the exact bytes, without prompts and output ---- */

	function textOf(pre) {
		var copy = pre.cloneNode(true);
		var session = copy.querySelector(".prompt") !== null;

		copy.querySelectorAll(".prompt").forEach(function (e) {
			e.remove();
		});
		copy.querySelectorAll(".output").forEach(function (e) {
			var end = e.nextSibling;

			if (session && end !== null && end.nodeType === 3)
				end.data = end.data.replace(/^\n/, "");
			if (session)
				e.remove();
		});
		return copy.textContent;
	}

	function addCopyButton(figure) {
		var pre = figure.querySelector("pre");
		var button = document.createElement("button");
		var word = zh ? "复制" : "Copy";

		if (pre === null)
			return;
		button.type = "button";
		button.className = "copy";
		button.textContent = word;
		button.addEventListener("click", function () {
			navigator.clipboard.writeText(textOf(pre)).then(
			    function () {
				button.textContent = zh ? "已复制" : "Copied";
				setTimeout(function () {
					button.textContent = word;
				}, 1500);
			});
		});
		figure.appendChild(button);
	}

	if (navigator.clipboard)
		document.querySelectorAll("figure.code").forEach(
		    addCopyButton);

	/* ---- search as you type, on the search page ---- */

	var box = document.getElementById("q");
	var hits = document.getElementById("hits");
	var timer = 0, settled = 0, running = null;

	function show(html, q) {
		var page = new DOMParser().parseFromString(html, "text/html");
		var fresh = page.getElementById("hits");

		if (fresh === null || q !== box.value)
			return;
		hits.replaceWith(fresh);
		hits = fresh;
		document.title = page.title;
		history.replaceState(null, "", "/search?q=" +
		    encodeURIComponent(q));
	}

	/* what is typing is no question yet; one that stands there is */
	function search(typing) {
		var q = box.value;

		if (running !== null)
			running.abort();
		running = new AbortController();
		fetch("/search?q=" + encodeURIComponent(q) +
		    (typing ? "&typing=1" : ""), {
			signal: running.signal,
			headers: { Accept: "text/html" }
		}).then(function (r) {
			return r.ok ? r.text() : null;
		}).then(function (html) {
			if (html !== null)
				show(html, q);
		}).catch(function () { });
	}

	function searchSoon() {
		clearTimeout(timer);
		clearTimeout(settled);
		timer = setTimeout(search, 200, true);
		settled = setTimeout(function () {
			if (hits.querySelector("li") === null)
				search(false);
		}, 3000);
	}

	if (box !== null && hits !== null) {
		box.addEventListener("input", function (e) {
			/* while Chinese is being composed, nothing is typed yet */
			if (e.isComposing)
				clearTimeout(timer);
			else
				searchSoon();
		});
		box.addEventListener("compositionend", searchSoon);
	}

	/* ---- keys ---- */

	function isTyping(e) {
		return e.target.closest("input, textarea, select, " +
		    "[contenteditable]") !== null;
	}

	document.addEventListener("keydown", function (e) {
		var edit = document.querySelector(".actions a[href$='/edit']");

		if (e.isComposing || e.keyCode === 229 || e.altKey ||
		    e.metaKey || e.defaultPrevented)
			return;
		if (e.ctrlKey) {
			if (e.key === "Enter" &&
			    e.target.id === "f-markdown") {
				e.preventDefault();
				e.target.form.requestSubmit(e.target.form
				    .querySelector("button[value=save]"));
			}
			return;
		}
		if (isTyping(e))
			return;
		if (e.key === "/") {
			e.preventDefault();
			(document.getElementById("big-q") || box).focus();
		} else if (e.key === "?") {
			location.href = "/help";
		} else if (e.key === "e" && edit !== null) {
			location.href = edit.href;
		}
	});

	/* ---- drafts: kept in this browser until they are saved ---- */

	function offerDraft(form, area, key) {
		var draft = localStorage.getItem(key);
		var note, use, drop;

		if (draft === null || draft === area.value)
			return;
		note = document.createElement("p");
		use = document.createElement("button");
		drop = document.createElement("button");
		note.className = "notice";
		note.textContent = form.dataset.found + " ";
		use.type = drop.type = "button";
		use.textContent = form.dataset.use;
		drop.textContent = form.dataset.drop;
		use.addEventListener("click", function () {
			area.value = draft;
			note.remove();
		});
		drop.addEventListener("click", function () {
			localStorage.removeItem(key);
			note.remove();
		});
		note.append(use, " ", drop);
		form.prepend(note);
	}

	var form = document.querySelector("form[data-draft]");

	if (form !== null) {
		var area = document.getElementById("f-markdown");
		var key = "draft-" + form.dataset.draft;

		/* the server shows a refused text itself */
		if (document.querySelector(".alarm, .preview") === null)
			offerDraft(form, area, key);
		area.addEventListener("input", function () {
			localStorage.setItem(key, area.value);
		});
		form.addEventListener("submit", function (e) {
			if (e.submitter && e.submitter.value === "save")
				localStorage.removeItem(key);
		});
	}
}());
