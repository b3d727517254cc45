// Lists the page's faults, one sentence each: unlabeled fields, headings, duplicate ids, insufficient contrast
// (WCAG 2.2, 1.4.3), horizontal scrolling (1.4.10).
const faults = [];
const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;

for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
  if (!field.labels?.length && !field.ariaLabel) {
    faults.push(`the field ${field.name} has no label`);
  }
}
if (document.querySelectorAll('h1').length !== 1) {
  faults.push(`${document.querySelectorAll('h1').length} main headings`);
}
if (!document.documentElement.lang) {
  faults.push('no language');
}
const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) {
  faults.push(`the id ${id} occurs more than once`);
}

const scroller = document.scrollingElement;
if (scroller.scrollWidth > scroller.clientWidth + 1) {
  const wide = [...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > scroller.clientWidth + 1);
  faults.push(`${scroller.scrollWidth} pixels wide on a screen of ${scroller.clientWidth}: ${wide.at(-1)?.tagName ?? ''}`);
}

// [red, green, blue, alpha], each 0 to 1. Computed colors of our pages are rgb() or rgba().
const parts = (color) => {
  const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
  return [r / 255, g / 255, b / 255, a];
};
const luminance = ([r, g, b]) => {
  const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
};
const ground = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const color = parts(getComputedStyle(e).backgroundColor);
    if (color[3] === 1) {
      return color;
    }
  }
  return [1, 1, 1, 1];
};
const faint = new Set();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  const said = walker.currentNode.data.trim();
  if (!said || ['SCRIPT', 'STYLE'].includes(element.tagName) || !shown(element)) {
    continue;
  }
  const style = getComputedStyle(element);
  const [light, dark] = [luminance(parts(style.color)), luminance(ground(element))].sort((a, b) => b - a);
  const ratio = (light + 0.05) / (dark + 0.05);
  const size = parseFloat(style.fontSize);
  const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  if (ratio < (isLarge ? 3 : 4.5)) {
    faint.add(`contrast ${ratio.toFixed(1)}: “${said.slice(0, 40)}”`);
  }
}
return faults.concat([...faint]);
