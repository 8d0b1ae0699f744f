"use strict";

const result = document.getElementById("result");
const forms = [...document.querySelectorAll("form")];
const field = (form, name) => document.getElementById(`${form.id}-${name}`);

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

async function call(route, body) {
  const headers = { "Content-Type": "application/json" };
  const key = document.getElementById("key").value;
  if (key)
    headers.Authorization = `Bearer ${key}`;
  const response = await fetch(route, body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers });
  const answer = await response.json();
  if (!response.ok)
    throw new Error(answer.error?.message ?? answer.error ?? response.statusText);
  return answer;
}

const percent = value => `${(100 * value).toFixed(1)} %`;

function scored(items) {
  return element("ol", {}, ...items.map(({ text, score, shown }) => element("li", {}, `${text} (${shown ?? percent(score)})`,
    element("meter", { min: 0, max: 1, value: Math.max(0, score), ariaLabel: text }))));
}

// Places are code points, of which a string of JavaScript has one or two units each.
function marked(text, places) {
  const points = Array.from(text);
  const parts = [];
  let end = 0;
  for (const place of [...places].sort((a, b) => a.start - b.start)) {
    parts.push(points.slice(end, place.start).join(""));
    parts.push(element("mark", {}, points.slice(place.start, place.end).join(""), element("small", {}, place.label)));
    end = place.end;
  }
  return element("p", {}, ...parts, points.slice(end).join(""));
}

const run = {
  async similarity(form, model) {
    const [cosine] = await call("similarity", {
      model, inputs: { source_sentence: field(form, "first").value, sentences: [field(form, "second").value] },
    });
    return scored([{ text: "Cosine", score: cosine, shown: cosine.toFixed(3) }]);
  },
  async search(form, model) {
    const sentences = field(form, "lines").value.split("\n").filter(line => line.trim());
    const cosines = await call("similarity", { model, inputs: { source_sentence: field(form, "query").value, sentences } });
    return scored(cosines.map((score, i) => ({ text: sentences[i], score, shown: score.toFixed(3) })).sort((a, b) => b.score - a.score));
  },
  async predict(form, model) {
    const pair = field(form, "pair").value;
    const text = field(form, "text").value;
    const labels = await call("predict", { model, inputs: pair ? [text, pair] : text });
    return scored(labels.map(({ label, score }) => ({ text: label, score })));
  },
  async ner(form, model) {
    const inputs = field(form, "text").value;
    const entities = await call("ner", { model, inputs });
    const places = entities.map(entity => ({ ...entity, label: `${entity.entity_group} ${percent(entity.score)}` }));
    return element("div", {}, marked(inputs, places), element("p", {}, `${entities.length} entities`));
  },
  async qa(form, model) {
    const context = field(form, "context").value;
    const answer = await call("qa", { model, inputs: { question: field(form, "question").value, context } });
    return element("div", {}, element("p", {}, answer.answer ? `Answer: ${answer.answer}` : "No answer"),
      marked(context, answer.answer ? [{ ...answer, label: percent(answer.score) }] : []));
  },
  async "fill-mask"(form, model) {
    const words = await call("fill-mask", { model, inputs: field(form, "text").value });
    return scored(words.map(word => ({ text: word.sequence, score: word.score })));
  },
  async attention(form, model) {
    const { tokens, weights } = await call("attention", { model, inputs: field(form, "text").value });
    const table = element("table", {},
      element("caption", {}, "Each row: what its token attends to, the mean of all layers and heads"),
      ...weights.map((row, i) => element("tr", {}, element("th", { scope: "row" }, tokens[i]), ...row.map((weight, j) => {
        const cell = element("td", { title: `${tokens[i]} to ${tokens[j]}: ${percent(weight)}` });
        cell.style.background = `color-mix(in srgb, var(--main) ${Math.min(100, 250 * weight)}%, var(--soft))`;
        return cell;
      }))));
    return element("div", { className: "scroll", tabIndex: 0, role: "region", ariaLabel: "Attention" }, table);
  },
};

async function submit(event) {
  event.preventDefault();
  const form = event.target;
  result.setAttribute("aria-busy", "true");
  try {
    result.replaceChildren(await run[form.id](form, form.querySelector("select").value));
  } catch (error) {
    result.replaceChildren(element("p", { className: "error", role: "alert" }, error.message));
  }
  result.removeAttribute("aria-busy");
}

function select(form) {
  for (const other of forms) {
    const tab = document.getElementById(`${other.id}-tab`);
    if (tab) {
      tab.ariaSelected = String(other === form);
      tab.tabIndex = other === form ? 0 : -1;
    }
    other.hidden = other !== form;
  }
  result.replaceChildren();
}

function addTab(form, models) {
  const tab = element("button", { type: "button", role: "tab", id: `${form.id}-tab` }, form.dataset.title);
  tab.setAttribute("aria-controls", form.id);
  tab.addEventListener("click", () => select(form));
  tab.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step)
      return;
    const tabs = [...document.querySelectorAll("[role=tab]")];
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    next.focus();
    next.click();
  });
  document.getElementById("tabs").append(tab);
  const choice = element("select", { id: `${form.id}-model` }, ...models.map(model => element("option", {}, model)));
  form.append(element("label", { htmlFor: choice.id }, "Model"), choice, element("button", { type: "submit" }, "Run"));
  form.setAttribute("role", "tabpanel");
  form.setAttribute("aria-labelledby", tab.id);
  form.addEventListener("submit", submit);
}

async function start() {
  forms.forEach(form => { form.hidden = true; });
  document.getElementById("tabs").replaceChildren();
  try {
    const { models } = await call("info");
    const usable = forms.filter(form => models.some(model => model.tasks.includes(form.dataset.task)));
    for (const form of usable)
      addTab(form, models.filter(model => model.tasks.includes(form.dataset.task)).map(model => model.id));
    if (usable.length > 0)
      select(usable[0]);
    document.getElementById("key").removeEventListener("change", start);
  } catch (error) {
    result.replaceChildren(element("p", { className: "error", role: "alert" }, error.message));
  }
}

document.getElementById("key").addEventListener("change", start);
start();
