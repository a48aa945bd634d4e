// The steps of the browser benchmark, written for playwright-core as its documentation teaches.
// Arguments: node_modules, Chromium, the site, which task, how often. Prints JSON.

import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, executablePath, site, errand, times] = process.argv.slice(2);
const require = createRequire(join(modules, "here.js"));
const { chromium } = require("playwright-core");
const { version } = require("playwright-core/package.json");

const WARM_UP = 3;

const errands = {
  "7 steps": async (page) => {
    await page.goto(`${site}/seven`);
    await page.getByLabel("Name", { exact: true }).fill("Ada");
    await page.getByRole("button", { name: "Greet", exact: true }).click();
    const greeting = await page.locator("#greeting").textContent();
    await page.getByRole("link", { name: "Details", exact: true }).click();
    await page.waitForURL("**/seven/details");
    await page.getByRole("button", { name: "Show", exact: true }).click();
    const details = await page.locator("#details").textContent();
    return { greeting, details };
  },
  "12-step form": async (page) => {
    await page.goto(`${site}/form`);
    await page.getByLabel("Full name", { exact: true }).fill("Ada Lovelace");
    await page.getByLabel("Email", { exact: true }).fill("ada@example.com");
    await page.getByLabel("Notes", { exact: true }).fill("Please ring twice");
    await page.getByLabel("Country").selectOption("de");
    await page.getByLabel("Send me news", { exact: true }).check();
    await page.getByRole("radio", { name: "Express", exact: true }).check();
    await page.getByLabel("Date", { exact: true }).fill("2026-03-14");
    await page.getByLabel("I accept the terms", { exact: true }).check();
    await page.getByRole("button", { name: "Send order", exact: true }).click();
    await page.locator("#done").waitFor();
    return { done: await page.locator("#done").textContent() };
  },
};

const browser = await chromium.launch({ executablePath });
const spent = [];
const results = [];
for (let at = -WARM_UP; at < Number(times); at += 1) {
  const begun = performance.now();
  const context = await browser.newContext();
  const page = await context.newPage();
  const result = await errands[errand](page);
  await context.close();
  if (at >= 0) {
    spent.push(performance.now() - begun);
    results.push(result);
  }
}
await browser.close();
process.stdout.write(JSON.stringify({ version, times: spent, results }));
