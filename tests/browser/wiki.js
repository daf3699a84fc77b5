/*
 * wiki.js - the wiki in Chromium: pictures, accessibility, flows, hostility.
 *
 *   node wiki.js pages URL PASSWORD [PICTURES]
 *   node wiki.js hostile URL HOSTILE_LIST
 *
 * For pages the base holds InterviewPro and "Steps" (an entry "Step one" with
 * fields); for hostile also a document "hostile-N" for each line of the list.
 * Prints "ok NAME" or "not ok NAME: why" for each check.
 *
 * SPDX-License-Identifier: ISC
 */
"use strict";

const fs = require("fs");
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [what, url, argument, pictures] = process.argv.slice(2);
const password = argument, hostileList = argument;

function check(ok, name, why) {
	console.log((ok ? "ok " : "not ok ") + name + (ok || !why ? "" :
	    ": " + String(why).replace(/\s+/g, " ").slice(0, 600)));
}

/* What a page must never say. */
function watch(page) {
	const said = [];

	page.on("console", (m) => {
		if (m.type() === "error" || m.type() === "warning")
			said.push(m.text());
	});
	page.on("pageerror", (e) => said.push(String(e)));
	page.on("request", (r) => {
		if (!r.url().startsWith(url) && !r.url().startsWith("data:"))
			said.push("request to " + r.url());
	});
	return said;
}

async function login(page) {
	await page.goto(url + "/login");
	await page.fill("#f-name", "admin");
	await page.fill("#f-password", password);
	await page.click("main button");
	await page.waitForURL(url + "/");
}

/* An edit that meets another one in the same line. */
async function makeConflict(page, mine) {
	mine += " " + attempt;
	const id = await page.evaluate(async () =>
	    (await (await fetch("/api/v1/search?q=Step+one")).json())
	    .answers[0].entry);

	await page.goto(url + "/e/" + id + "/edit");
	const other = await page.context().newPage();
	await other.goto(url + "/e/" + id + "/edit");
	const text = await other.inputValue("#f-markdown");
	await other.fill("#f-markdown", text.replace(/Symptom: .*/,
	    "Symptom: theirs " + mine));
	await other.click("button[value=save]");
	/* a page closed while its next one comes may stay open for ever */
	await other.waitForURL(/\/e\/\d+-/);
	await other.close();
	await page.fill("#f-markdown", text.replace(/Symptom: .*/,
	    "Symptom: mine " + mine));
	await page.click("button[value=save]");
	await page.waitForSelector("h1");
	return id;
}

/* ---- pictures, sideways scroll, accessibility ---- */

const pages = [
	["home", "/"],
	["document", "/d/InterviewPro"],
	["entry", "/e/4"],
	["search", "/search?q=" + encodeURIComponent("数据库 500")],
	["history", "HISTORY"],
	["diff", "DIFF"],
	["changes", "/changes"],
	["editor", "/e/4/edit"],
	["help", "/help"],
	["conflict", null],
];

async function checkPage(page, said, name) {
	const wide = await page.evaluate(() => {
		const e = document.scrollingElement;

		return e.scrollWidth > e.clientWidth ?
		    [...document.querySelectorAll("body *")].filter((x) =>
		    x.getBoundingClientRect().right > e.clientWidth + 1)
		    .slice(0, 3).map((x) => x.outerHTML.slice(0, 80))
		    .join(" | ") || "wide" : "";
	});

	/* a refused save answers 409, which Chromium reports as an error */
	const errors = said.splice(0).filter((s) =>
	    !/status of 409/.test(s));
	check(errors.length === 0, name + ": nothing on the console", errors);
	check(wide === "", name + ": no sideways scroll", wide);
	if (pictures)
		await page.screenshot({ path: pictures + "/" + name + ".png",
		    fullPage: true });
	await page.evaluate(axe);
	const r = await page.evaluate(() => axe.run());
	check(r.violations.length === 0, name + ": axe finds nothing",
	    r.violations.map((v) => v.id + " " + v.nodes.map((n) =>
	    n.html.slice(0, 120)).slice(0, 2).join(" ; ")).join(" | "));
}

async function visit(page, said, prefix, id) {
	for (const [name, path] of pages) {
		step = prefix + "-" + name;
		if (path === null)
			await makeConflict(page, prefix);
		else
			await page.goto(url + path.replace("HISTORY", "/e/" +
			    id + "/history").replace("DIFF", "/e/" + id +
			    "/diff"));
		await checkPage(page, said, prefix + "-" + name);
	}
}

async function look(browser, scheme, width, locale) {
	const context = await browser.newContext({
		ignoreHTTPSErrors: true, colorScheme: scheme, locale,
		viewport: { width, height: width === 360 ? 740 : 800 },
		reducedMotion: "reduce",
	});
	const page = await context.newPage();
	const said = watch(page);
	const prefix = scheme + "-" + width;

	await page.goto(url + "/login");
	await checkPage(page, said, prefix + "-login");
	await login(page);
	const id = await makeConflict(page, prefix + " first");
	said.length = 0;
	await visit(page, said, prefix, id);
	await context.close();
}

/* ---- without scripts ---- */

async function withoutScripts(browser) {
	const context = await browser.newContext({ ignoreHTTPSErrors: true,
	    javaScriptEnabled: false, locale: "en" });
	const page = await context.newPage();

	await page.goto(url + "/");
	await page.fill("#big-q", "CPU 100%");
	await page.press("#big-q", "Enter");
	await page.click(".hits h2 a");
	check(/CPU 100%/.test(await page.textContent("h1")),
	    "no scripts: search and read");
	await page.click(".actions a:has-text('Edit')");
	check(page.url().includes("/login"), "no scripts: login comes first");
	await page.fill("#f-name", "admin");
	await page.fill("#f-password", password);
	await page.click("main button");
	const text = await page.inputValue("#f-markdown");
	await page.fill("#f-markdown", text.replace(/\n*$/,
	    "\n- 没有脚本\n\n"));
	await page.click("button[value=preview]");
	check(/没有脚本/.test(await page.textContent(".preview")),
	    "no scripts: preview");
	await page.fill("#f-message", "without scripts");
	await page.press("button[value=save]", "Enter");
	check(/没有脚本/.test(await page.textContent("article")),
	    "no scripts: edit", await page.textContent("main"));
	await page.click(".actions a:has-text('History')");
	check(/without scripts/.test(await page.textContent("table")),
	    "no scripts: history");
	await page.click("button:has-text('Compare')");
	check(/没有脚本/.test(await page.textContent(".diff .added")),
	    "no scripts: diff");
	await context.close();
}

/* Both sides of a conflict, and its end, with forms alone. */
async function conflicts(browser) {
	const options = { ignoreHTTPSErrors: true, locale: "en",
	    javaScriptEnabled: false };
	const a = await browser.newContext(options);
	const b = await browser.newContext(options);
	const one = await a.newPage(), two = await b.newPage();

	await login(one);
	await login(two);
	await one.goto(url + "/search?q=Step+one");
	const href = await one.getAttribute(".hits h2 a", "href");
	await one.goto(url + href);
	const edit = await one.getAttribute(".actions .action", "href");

	await one.goto(url + edit);
	await two.goto(url + edit);
	let text = await one.inputValue("#f-markdown");
	await one.fill("#f-markdown", text.replace(/Symptom: .*/,
	    "Symptom: from the first"));
	await one.click("button[value=save]");
	await two.fill("#f-markdown", text.replace(/Fix: .*/,
	    "Fix: from the second"));
	await two.click("button[value=save]");
	let body = await two.textContent("article");
	check(/from the first/.test(body) && /from the second/.test(body),
	    "two fields: both are merged", body);

	await one.goto(url + edit);
	await two.goto(url + edit);
	text = await one.inputValue("#f-markdown");
	await one.fill("#f-markdown", text.replace(/Symptom: .*/,
	    "Symptom: one says"));
	await one.click("button[value=save]");
	await two.fill("#f-markdown", text.replace(/Symptom: .*/,
	    "Symptom: two says"));
	await two.click("button[value=save]");
	body = await two.textContent(".sides");
	const merged = await two.inputValue("#f-markdown");
	check(/one says/.test(body) && /two says/.test(body),
	    "one line: both texts are shown");
	check(/<<<<<<<[^]*one says[^]*=======[^]*two says[^]*>>>>>>>/.test(
	    merged), "one line: both are in the merge", merged);
	await two.click("button[value=save]");
	check(await two.isVisible(".alarm"), "marks are not saved");
	await two.fill("#f-markdown", text.replace(/Symptom: .*/,
	    "Symptom: one and two say"));
	await two.click("button[value=save]");
	check(/one and two say/.test(await two.textContent("article")),
	    "settled, it is saved");
	await a.close();
	await b.close();
}

/* ---- with scripts ---- */

async function scripts(browser) {
	const context = await browser.newContext({ ignoreHTTPSErrors: true,
	    locale: "en", permissions: ["clipboard-read",
	    "clipboard-write"] });
	const page = await context.newPage();
	const said = watch(page);

	await page.goto(url + "/e/12");
	await page.click(".copy >> nth=0");
	const copied = await page.evaluate(() =>
	    navigator.clipboard.readText());
	const raw = await (await context.request.get(url + "/e/12.md")).text();
	check(copied.length > 20 && raw.includes(copied),
	    "a block is copied exactly", copied);
	await page.keyboard.press("/");
	check(await page.evaluate(() => document.activeElement.id) === "q",
	    "/ goes to the search box");
	await page.keyboard.type("a/b?");
	check(await page.inputValue("#q") === "a/b?", "keys are typed there");
	await page.goto(url + "/");
	await page.keyboard.press("?");
	await page.waitForURL(url + "/help");
	await page.goto(url + "/search?q=zzzz");
	await page.fill("#q", "CPU");
	await page.waitForSelector(".hits h2");
	check(page.url().endsWith("q=CPU"), "search as you type");
	await login(page);
	await page.goto(url + "/e/4/edit");
	await page.fill("#f-markdown", "### draft\n");
	await page.goto(url + "/e/4/edit");
	await page.click(".notice button >> nth=0");
	check(await page.inputValue("#f-markdown") === "### draft\n",
	    "a draft is kept");
	check(said.length === 0, "scripts: nothing on the console", said);
	await context.close();
}

/* ---- what somebody may try ---- */

function unescape(line) {
	const bytes = [];

	line.replace(/\\u(....)|\\x(..)|\\(.)|([^])/gu,
	    (all, u, x, c, plain) => {
		if (x !== undefined)
			bytes.push(parseInt(x, 16));
		else
			bytes.push(...Buffer.from(u !== undefined ?
			    String.fromCodePoint(parseInt(u, 16)) :
			    c !== undefined ? ({ n: "\n", t: "\t" }[c] || c) :
			    plain));
	});
	return Buffer.from(bytes).toString();
}

/* In the page: what is there and should not be. */
function foreign() {
	const bad = [];
	const ours = location.origin;

	for (const e of document.querySelectorAll("*")) {
		if (/^(iframe|frame|object|embed|base|applet|svg|math|style|portal|template|audio|video)$/
		    .test(e.localName))
			bad.push(e.localName);
		if (e.localName === "script" &&
		    !/^\/static\/[0-9a-f]+\.js$/.test(e.getAttribute("src")))
			bad.push("script");
		if (e.localName === "form" && new URL(e.action).origin !== ours)
			bad.push("form");
		for (const a of e.attributes) {
			if (/^on/i.test(a.name) || /^(style|srcdoc|ping|formaction|xlink:href|background)$/
			    .test(a.name))
				bad.push(e.localName + " " + a.name);
			if (/^(href|src|action)$/.test(a.name) &&
			    !/^(https?|mailto):$/.test(new URL(a.value,
			    document.baseURI).protocol))
				bad.push(a.name + "=" + a.value);
		}
	}
	return bad.concat(window.hostile || []);
}

async function hostility(browser) {
	const lines = fs.readFileSync(hostileList, "utf8").split("\n")
	    .filter((l) => l !== "" && !l.startsWith("# "));
	const context = await browser.newContext({ ignoreHTTPSErrors: true,
	    locale: "en" });
	const page = await context.newPage();
	const wrong = [];
	let n = 0;

	await page.addInitScript(() => {
		window.alert = () => { window.hostile = ["alert ran"]; };
	});
	page.on("console", (m) => {
		if (/Content Security Policy|Refused/.test(m.text()))
			wrong.push(page.url() + ": " + m.text());
	});
	page.on("request", (r) => {
		if (!r.url().startsWith(url))
			wrong.push(page.url() + ": asked " + r.url());
	});
	for (const line of lines) {
		n++;
		for (const path of ["/d/hostile-" + n,
		    "/search?q=" + encodeURIComponent(unescape(line)
		    .replace(/\0/g, "").slice(0, 300))]) {
			await page.goto(url + path,
			    { waitUntil: "domcontentloaded" });
			const bad = await page.evaluate(foreign);
			if (bad.length !== 0)
				wrong.push(line + " at " + path + ": " + bad);
		}
	}
	check(n >= 150, "at least 150 hostile inputs", n);
	check(wrong.length === 0, "none becomes markup, a script or a request",
	    wrong.slice(0, 5).join(" || "));
	for (const path of ["/", "/changes", "/api/v1/documents"]) {
		await page.goto(url + path);
		const bad = path.startsWith("/api") ? [] :
		    await page.evaluate(foreign);
		check(bad.length === 0, "hostile names at " + path, bad);
	}
	await context.close();
}

const functionSeconds = 200;
let attempt = 1;	/* see makeConflict() */
let step = "";		/* what a browser that hangs was at */

function launch() {
	return chromium.launch({
		executablePath: process.env.KB_CHROMIUM || "/usr/bin/chromium",
		args: ["--no-sandbox", "--disable-gpu", "--disable-quic",
		    "--no-first-run", "--disable-background-networking",
		    "--disable-component-update", "--disable-sync",
		    "--disable-dev-shm-usage", "--disable-features=" +
		    "OptimizationGuideOnDeviceModel,OptimizationHints"],
	});
}

function after(seconds, value) {
	return new Promise((f) => setTimeout(f, seconds * 1000, value));
}

/* In a browser of its own; a browser that hangs gets a second chance. */
async function run(f, ...how) {
	const name = [f.name, ...how].join(" ");

	for (attempt = 1; attempt <= 2; attempt++) {
		step = "its start";
		const browser = await launch();
		const end = await Promise.race([f(browser, ...how).then(() => "",
		    (e) => e.stack || String(e)),
		    after(functionSeconds, null)]);

		await Promise.race([browser.close(), after(5)]);
		if (end !== null) {
			check(end === "", name + " came to its end", end);
			return;
		}
	}
	check(false, name + " came to its end", "the browser hung twice, at " +
	    step);
}

async function main() {
	if (what === "hostile") {
		await run(hostility);
		return;
	}
	await run(look, "light", 1280, "en");
	await run(look, "dark", 1280, "zh-CN");
	await run(look, "light", 360, "zh-CN");
	await run(look, "dark", 360, "en");
	for (const f of [withoutScripts, conflicts, scripts])
		await run(f);
}

/* a browser that crashed would keep us waiting for its end */
main().catch((e) => { check(false, "the browser", e); })
    .finally(() => process.exit());
