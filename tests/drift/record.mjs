// A recorder, for maintainers: fills in the brittle `target` of every step that says `"record": KIND`,
// by carrying the task out on the release it was recorded on with the step's truth.
//
//   node record.mjs APP RELEASE PACKAGES FILE...
//
// PACKAGES is where that release is installed; NODE_MODULES and CHROME are as in `cargo xtask bench`.
// Kinds: xpath (absolute), idxpath (from the nearest id), css (nth-child, from the nearest id), id,
// class (tag and classes), text, role (with its name), attr (one attribute, as `value` or `href`).
import { spawn } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const { chromium } = createRequire(process.env.NODE_MODULES + "/")("playwright-core");
const [app, release, packages, ...files] = process.argv.slice(2);
// Made by the first start, and used by the others.
const seed = path.join(fs.mkdtempSync("/tmp/record-seed-"), "seed.db");
const here = path.dirname(new URL(import.meta.url).pathname);

function start(without) {
  const folder = fs.mkdtempSync("/tmp/record-");
  const args = [path.join(here, app, "run.py"), "--db", `${folder}/app.db`];
  args.push("--seed", seed, "--packages", packages, ...without.flatMap((each) => ["--without", each]));
  const env = { ...process.env, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: "1" };
  const child = spawn("python3", args, { env, stdio: ["pipe", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    let output = "";
    child.on("exit", () => reject(new Error("the application ended")));
    child.stdout.on("data", (more) => {
      output += more;
      const said = output.match(/READY (.*)\n/);
      if (said) resolve({ ...JSON.parse(said[1]), folder, child });
    });
  });
}

function locate(element, kind) {
  const position = (e, same) => [...e.parentElement.children].filter(same).indexOf(e) + 1;
  const segment = (e) => {
    const tag = e.tagName.toLowerCase();
    const same = (other) => other.tagName === e.tagName;
    const alone = !e.parentElement || [...e.parentElement.children].filter(same).length === 1;
    return alone ? tag : `${tag}[${position(e, same)}]`;
  };
  const up = (e, stop, name) => {
    const parts = [];
    while (e && !stop(e)) {
      parts.unshift(name(e));
      e = e.parentElement;
    }
    return [e, parts];
  };
  const [own, tag] = [element.getAttribute.bind(element), element.tagName.toLowerCase()];
  // Not `innerText`: what style sheets write in capitals is not.
  const text = (element.textContent || element.value || "").trim().replace(/\s+/g, " ");
  const [name, of] = kind.split(":");
  switch (name) {
    case "xpath":
      return { xpath: "/" + up(element, () => false, segment)[1].join("/") };
    case "idxpath": {
      const [from, parts] = up(element, (e) => e !== element && e.id, segment);
      return { xpath: (from ? `//*[@id="${from.id}"]/` : "/") + parts.join("/") };
    }
    case "css": {
      const nth = (e) => e.tagName.toLowerCase() + (e.parentElement && e !== document.body ? `:nth-child(${position(e, () => true)})` : "");
      const [from, parts] = up(element, (e) => e !== element && e.id, nth);
      return { css: (from ? [`#${CSS.escape(from.id)}`, ...parts] : parts).join(" > ") };
    }
    case "id":
      return { css: `#${CSS.escape(element.id)}` };
    case "class":
      return { css: `${tag}.${[...element.classList].map((each) => CSS.escape(each)).join(".")}` };
    case "text":
      return { text };
    case "role":
      return { role: of, name: own("aria-label") || text };
    case "attr":
      return { css: `${tag}[${of}="${own(of)}"]` };
    default:
      throw new Error(`no such kind: ${kind}`);
  }
}

const filled = (value, values) => value?.replace(/\{\{\w+\.(\w+)\}\}/g, (_, name) => values[name]);

async function act(page, step, element, values) {
  const value = filled(step.value, values);
  switch (step.action) {
    case "click": return element.click();
    case "fill": return element.fill(value);
    case "clear": return element.fill("");
    case "press": return element ? element.press(step.key) : page.keyboard.press(step.key);
    case "select": return element.selectOption(step.values ?? [{ label: value }]).catch(() => element.selectOption(value));
    case "check": return element.setChecked(true);
    case "uncheck": return element.setChecked(false);
    case "hover": return element.hover();
    case "upload":
      return element.setInputFiles(step.files.map((file) => ({ name: file.name, mimeType: "text/plain", buffer: Buffer.from(file.text ?? "", file.base64 ? "base64" : "utf8") })));
    case "navigate": return page.goto(new URL(filled(step.url, values), page.url()).href);
    case "handle_dialog": return page.once("dialog", (dialog) => dialog.accept());
    case "wait_for": return element?.waitFor();
    default: return undefined;
  }
}

const truthOf = (truth) => {
  const here = typeof truth === "object" && !Array.isArray(truth) ? (truth[release] ?? truth["*"]) : truth;
  return typeof here === "object" ? here?.css ?? here?.xpath : here;
};

const browser = await chromium.launch({ executablePath: process.env.CHROME, args: ["--no-sandbox"] });
for (const file of files) {
  const task = JSON.parse(fs.readFileSync(file));
  if (!task.steps.some((step) => step.record)) continue;
  const running = await start([]);
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  page.setDefaultTimeout(7000);
  const values = { admin: running.user, password: running.password, ...task.inputs, ...task.secrets };
  await page.goto(new URL(task.start ?? "", running.url).href);
  for (const [at, step] of task.steps.entries()) {
    try {
      const truth = filled(truthOf(step.truth), values);
      const element = truth ? page.locator(truth.startsWith("/") ? `xpath=${truth}` : truth) : undefined;
      if (step.record) {
        const many = step.shape === "list" || step.shape === "table";
        step.target = await (many ? element.first() : element).evaluate(locate, step.record);
        delete step.record;
      }
      await act(page, step, element, values);
      await page.waitForLoadState("networkidle", { timeout: 3000 }).catch(() => {});
    } catch (error) {
      console.log(`${file}: step ${at} (${step.intent}): ${error.message.split("\n").slice(0, 4).join(" | ")}`);
      break;
    }
  }
  if (process.env.SHOW) console.log(file, await page.evaluate(() => document.body.innerText.slice(0, 600)));
  await page.close();
  running.child.removeAllListeners();
  running.child.kill();
  fs.rmSync(running.folder, { recursive: true });
  const order = ({ intent, action, target, ...rest }) => ({ intent, action, ...(target && { target }), ...rest });
  task.steps = task.steps.map(order);
  fs.writeFileSync(file, JSON.stringify(task, null, 2) + "\n");
}
await browser.close();
fs.rmSync(path.dirname(seed), { recursive: true });
