'use strict';
const $ = (what, at = document) => at.querySelector(what), $$ = (what, at = document) => [...at.querySelectorAll(what)];
const root = document.documentElement, list = $('#list'), pane = $('#pane'), table = $('.matrix');
const SUBJECTS = JSON.parse($('#subjects').textContent), GISTS = JSON.parse($('#gists').textContent);
const rows = $$('tr.case'), byCode = new Map(rows.map(row => [row.id, row]));

/* words, always in both languages; a style sheet shows one */
const esc = text => String(text).replace(/[&<>"']/g, sign => `&#${sign.charCodeAt(0)};`);
const both = text => Array.isArray(text) ? `<span lang="en">${esc(text[0])}</span><span lang="zh">${esc(text[1])}</span>` : esc(text ?? '');
const flat = text => Array.isArray(text) ? text.join(' ') : text ?? '';
const SAY = {
  wanted: ['wanted', '应为'], seen: ['seen', '实际'], clauses: ['Clauses', '条款'], changes: ['What this case sets', '案例设置'],
  none: ['Base card and base terminal, nothing changed.', '基准卡与基准终端,无改动。'], show: ['show', '查看'], bytes: ['all bytes', '全部字节'], minor: ['small steps', '细节步骤'],
  lost: ['No evidence was kept for this case.', '该案例未保存证据。'], run: ['transaction', '交易'], cvm: ['Cardholder verification', '持卡人验证结果'], missing: ['missing', '应置位'], extra: ['must not be set', '不应置位'],
  carried: ['as GENERATE AC carried it', 'GENERATE AC所携带'],
  deviation: ['written deviation', '已登记偏差'], noBits: ['no bit is set', '无置位'], old: ['This browser cannot open the evidence; a newer one can.', '此浏览器无法打开证据,请使用较新版本。'], unfinished: ['did not end', '未结束'], reversal: ['reversal owed', '待冲正'], signature: ['signature', '签名'], arc: ['response code', '应答码'],
  personality: ['card', '卡片'], card: ['card', '卡片'], stale: ['card', '卡片'], faults: ['card fault', '卡片故障'], terminal: ['terminal', '终端'], host: ['host', '主机'], person: ['person', '持卡人'], staleTold: ['signatures left as they were', '签名保持原样'],
  cardholder: ['Cardholder', '持卡人'], laneCard: ['Card', '卡片'], laneTerminal: ['Terminal', '终端'], laneHost: ['Host', '主机'], H: ['high', '高'], M: ['middle', '中'], L: ['low', '低'], severity: ['severity', '严重程度'],
};
const say = name => both(SAY[name]);

/* the evidence, unpacked when it is first needed */
let opening = null;
const unpack = () => opening ??= (async () => {
  const bytes = Uint8Array.from(atob($('#packed').textContent.trim()), sign => sign.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).json();
})();

/* the filter */
const want = { text: '', mark: new Set(), severity: new Set(), group: '', clause: '', differ: false };
const haystack = new Map();
const hay = row => haystack.get(row) ?? haystack.set(row, `${row.textContent} ${row.dataset.t} ${row.dataset.c}`.toLowerCase()).get(row);
function fits(row) {
  const marks = row.dataset.m.split(' ');
  return (!want.mark.size || marks.some(mark => want.mark.has(mark))) && (!want.severity.size || want.severity.has(row.dataset.s))
    && (!want.group || row.parentNode.dataset.group === want.group) && (!want.clause || row.dataset.c.split(' ').includes(want.clause))
    && (!want.differ || new Set(marks).size > 1) && want.text.split(/\s+/).every(word => hay(row).includes(word));
}
function filter() {
  const active = want.text || want.mark.size || want.severity.size || want.group || want.clause || want.differ;
  let count = 0;
  for (const body of $$('tbody.group')) {
    let held = 0;
    const dots = $$('.mosaic', body);
    $$('tr.case', body).forEach((row, at) => {
      const fit = !active || fits(row);
      row.hidden = !fit; held += fit;
      const next = row.nextElementSibling; if (next?.classList.contains('findings')) next.hidden = !fit;
      dots.forEach(line => line.children[at].classList.toggle('off', !fit));
    });
    body.hidden = !held; count += held;
  }
  table.classList.toggle('filtering', !!active);
  $('#count').textContent = active ? `${count} / ${rows.length}` : `${rows.length}`;
  $('#clear').hidden = !active; $('.nothing').hidden = count > 0;
  for (const kind of ['mark', 'severity']) $$(`[data-filter=${kind}] .chip`).forEach(chip => chip.setAttribute('aria-pressed', want[kind].has(chip.dataset.value)));
  $('#differ')?.setAttribute('aria-pressed', want.differ);
}
const toggle = (held, value) => { held.has(value) ? held.delete(value) : held.add(value); filter(); };
let typing = 0;
$('#search').oninput = event => { clearTimeout(typing); typing = setTimeout(() => { want.text = event.target.value.trim().toLowerCase(); filter(); }, 60); };
$$('.chips').forEach(chips => chips.onclick = event => { const chip = event.target.closest('.chip'); if (chip) toggle(want[chips.dataset.filter], chip.dataset.value); });
$$('.legend .mark').forEach(mark => mark.onclick = () => { want.mark = new Set([mark.dataset.mark]); filter(); $('.filter').scrollIntoView(); });
$('#group').onchange = event => { want.group = event.target.value; filter(); };
$('#clause').onchange = event => { want.clause = event.target.value; filter(); };
if ($('#differ')) $('#differ').onclick = () => { want.differ = !want.differ; filter(); };
$('#clear').onclick = () => { Object.assign(want, { text: '', mark: new Set(), severity: new Set(), group: '', clause: '', differ: false }); for (const name of ['search', 'group', 'clause']) $(`#${name}`).value = ''; filter(); };
const byClause = name => { if (root.classList.contains('opened')) location.hash = ''; want.clause = $('#clause').value = name; filter(); $('.filter').scrollIntoView(); };

/* groups */
const shut = (body, on) => { body.classList.toggle('shut', on); $('.toggle', body).setAttribute('aria-expanded', !on); };
const fold = () => { const bodies = $$('tbody.group'), open = bodies.some(body => body.classList.contains('shut')); bodies.forEach(body => shut(body, !open)); };
$('#fold').onclick = fold;
const dotted = dot => $$('tr.case', dot.closest('tbody'))[[...dot.parentNode.children].indexOf(dot)];
table.onmouseover = event => { const dot = event.target.closest('.mosaic i'); if (dot && !dot.title) { const row = dotted(dot); dot.title = `${row.id} ${row.cells[1].innerText.trim()}`; } };
table.onclick = event => {
  const dot = event.target.closest('.mosaic i'), row = dot ? dotted(dot) : event.target.closest('tr.case');
  if (row) { event.preventDefault(); location.hash = row.id; }
  else if (event.target.closest('.head')) { const body = event.target.closest('tbody'); shut(body, !body.classList.contains('shut')); }
};
document.addEventListener('click', event => { const name = event.target.closest('[data-clause]')?.dataset.clause; if (name) byClause(name); });

/* one case */
const now = { code: '', subject: '', run: 0 };
const pill = mark => $(`.chips .chip.${CSS.escape(mark)}`)?.innerHTML ?? esc(mark);
const badge = mark => `<span class="pill ${esc(mark)}">${pill(mark)}</span>`;
function differing(one, other) {
  if (one.length !== other.length || !/^[0-9A-F ]+$/.test(one)) return esc(one);
  return [...one].map((sign, at) => sign === other[at] ? esc(sign) : `<b>${esc(sign)}</b>`).join('');
}
const first = text => Array.isArray(text) ? text[0] : text;
const isRun = (finding, run) => { const found = /^run (\d+):/.exec(first(finding.what)); return !found || +found[1] === run + 1; };

function finding(one, at) {
  const bits = (one.bits ?? []).map(([sign, place, name]) => `<li class="${sign === '-' ? 'minus' : 'plus'}"><code>${place}</code> ${both(name)} — ${say(sign === '-' ? 'missing' : 'extra')}</li>`).join('');
  const side = (kind, value, other, told) => `<div class="${kind}"><dt>${say(kind)}</dt><dd><samp>${value === '' ? '<span class="dim">–</span>' : differing(value, other)}</samp>${told ? `<small>${first(told) === value ? `<span lang="zh">${esc(told[1])}</span>` : both(told)}</small>` : ''}</dd></div>`;
  return `<section class="finding ${esc(one.mark ?? 'fail')}"><h3>${both(one.what)}<button type="button" data-show="${at}" hidden>${say('show')} ↓</button></h3><dl class="sides" style="margin:0">${side('wanted', one.wanted, one.seen, one.means)}${side('seen', one.seen, one.wanted, one.meant)}</dl>${bits ? `<ul class="bitlist">${bits}</ul>` : ''}</section>`;
}
function settings(held) {
  const told = held.map(([whom, name, value, means]) => `<tr><td>${say(whom)}</td><td>${name ? `${both(name)} ` : ''}<samp>${whom === 'stale' ? say('staleTold') : esc(value)}</samp>${means.length > 3 ? `<small>${means.map(both).join(' · ')}</small>` : means.map(text => `<small>${both(text)}</small>`).join('')}</td></tr>`).join('');
  return `<section class="panel"><h3>${say('changes')}</h3>${told ? `<table>${told}</table>` : `<span class="dim">${say('none')}</span>`}</section>`;
}
const clauses = names => `<section class="panel"><h3>${say('clauses')}</h3><table>${names.map(name => `<tr><td><button type="button" class="clause" data-clause="${esc(name)}">${esc(name)}</button></td><td>${esc(GISTS[name] ?? '')}</td></tr>`).join('')}</table></section>`;

function stages(run, pool) {
  const found = [];
  for (const number of run.entries) {
    const entry = pool.entries[number];
    let stage = found.at(-1);
    if (stage?.step !== entry.step) found.push(stage = { step: entry.step, n: found.length + 1, rows: [], notes: [], flips: [], good: true });
    stage.good &&= !entry.bad || !!entry.minor;
    stage.flips.push(...entry.flips ?? []);
    if (!entry.at) { stage.rows.push(entry); continue; }
    stage.notes.push(...entry.details ?? []);
    if ('told' in entry) stage.notes.push(entry.told);
  }
  return found;
}
function drawn(stage, own, pool) {
  const T = at => both(pool.texts[at]), held = pool.steps[stage.step], cited = held.clauses.filter(name => own.includes(name));
  const refs = held.clauses.map(name => `<code class="${own.includes(name) ? 'own' : ''}" title="${esc(GISTS[name] ?? '')}">${esc(name)}</code>`).join('');
  const flips = stage.flips.map(([register, byte, bit, name, on]) => `<span class="flip${on ? '' : ' off'}">${register} ${byte}.${bit} ${T(name)}</span>`).join('');
  const gists = cited.map(name => `<div class="gist">${esc(GISTS[name] ?? '')}</div>`).join('');
  const body = stage.rows.map(entry => {
    const sheets = ['sent', 'received'].filter(way => way in entry && pool.sheets[entry[way]].parts);
    const details = (entry.lane === 'cardholder' || entry.minor ? entry.details ?? [] : []).map(at => ` · ${T(at)}`).join('');
    const line = entry.lane === 'terminal' ? `<span class="box">${T(entry.title)}${details}</span>`
      : `<span class="arrow sent"><span>${T(entry.title)}${details}</span></span>${'received' in entry ? `<span class="arrow received"><span>${T(pool.sheets[entry.received].label)}</span></span>` : ''}`;
    return `<details class="row ${entry.lane}${sheets.length ? ' open' : ''}${entry.minor ? ' minor' : ''}${entry.bad ? ' bad' : ''}" data-sheets="${sheets.map(way => `${way}:${entry[way]}`).join(' ')}"${entry.lane === 'card' ? ` data-ins="${(pool.sheets[entry.sent].hex ?? '').slice(2, 4)}"` : ''}><summary>${line}</summary></details>`;
  }).join('');
  return `<div class="stage ${held.family}${stage.good ? '' : ' bad'}${cited.length ? ' cited' : ''}" data-n="${stage.n}" data-step="${stage.step}"><div class="stagehead"><span class="n">${stage.n}</span><strong>${both(held.name)}</strong>${stage.notes.map(at => `<em>${T(at)}</em>`).join('')}${flips}<span class="refs">${refs}</span>${gists}</div>${body}</div>`;
}
function sheet(way, held, pool) {
  const T = at => both(pool.texts[at]), hex = held.hex ?? '', pairs = hex.match(/../g) ?? [];
  const parts = (held.parts ?? []).map(([depth, start, body, end, tag = '', name = '', told = '', lines = []], at, all) => {
    const value = hex.slice(2 * body, 2 * end), flags = lines.filter(line => line[2] !== '!' && line.length === 4);
    const named = name === '' ? both(pool.names[tag] ?? '') : T(name);
    const words = told !== '' ? T(told) : flags.length && flags.length === lines.length ? flags.map(line => T(line[3])).join(', ') : '';
    const inner = all[at + 1]?.[0] > depth;
    const samp = value && !inner && (tag || !words) ? `<samp class="${value.length > 96 ? 'long' : ''}${words && value.length > 10 ? ' own' : ''}">${value}</samp>` : '';
    const list = lines.filter(line => !(words && told === '' && line.length === 4)).map(([offset, , bits, what, means]) => bits === '!' ? `<li class="fault">${T(what)}</li>` : `<li>${bits && means === undefined ? `<code>${offset + 1}.${bits}</code> ` : ''}${typeof what === 'string' ? `${what} ${both(pool.names[what] ?? '')}` : T(what)}${means === undefined || pool.texts[means] === '' ? '' : `: ${T(means)}`}</li>`).join('');
    return `<div class="part" style="--d:${depth}"${hex ? ` data-s="${start}" data-e="${end}"` : ''}><span class="tag">${esc(tag)}</span><span>${named}</span><span class="value">${words} ${samp}</span>${list ? `<ul>${list}</ul>` : ''}</div>`;
  }).join('');
  const places = way === 'sent' ? ['CLA', 'INS', 'P1', 'P2'] : [];
  return `<div class="sheet"><h4>${way === 'sent' ? '→' : '←'} ${T(held.label)}</h4>${hex ? `<div class="bytes">${pairs.map((pair, at) => `<i${places[at] ? ` title="${places[at]}"` : ''}>${pair}</i>`).join(' ')}</div>` : ''}${parts}</div>`;
}
function fill(row, pool) {
  if (row.dataset.done || !row.dataset.sheets) return;
  row.dataset.done = 1;
  row.insertAdjacentHTML('beforeend', row.dataset.sheets.split(' ').map(text => { const [way, at] = text.split(':'); return sheet(way, pool.sheets[at], pool); }).join(''));
  for (const held of $$('.sheet', row)) {
    const bytes = $$('.bytes i', held), parts = $$('.part[data-s]', held), clear = () => parts.forEach(part => part.classList.remove('hot'));
    const paint = (part, on) => { for (let at = +part.dataset.s; at < +part.dataset.e; at++) bytes[at]?.classList.toggle('hot', on); };
    parts.forEach(part => { part.onmouseenter = () => paint(part, true); part.onmouseleave = () => paint(part, false); });
    bytes.forEach((byte, at) => byte.onmouseenter = () => { clear(); parts.filter(part => +part.dataset.s <= at && at < +part.dataset.e).pop()?.classList.add('hot'); });
    held.onmouseleave = clear;
  }
}
function register(name, value, found, wrong, carried, pool) {
  const known = pool.registers[name], setter = {}, rows = [], items = [];
  for (const stage of found) for (const flip of stage.flips) if (flip[0] === name && flip[4]) setter[`${flip[1]}.${flip[2]}`] = { n: stage.n, ...pool.steps[flip[5]] };
  const off = Object.fromEntries(wrong.map(([sign, place]) => [place, sign === '-' ? 'miss' : 'extra']));
  for (let byte = 1; byte <= value.length / 2; byte++) {
    const held = parseInt(value.slice(2 * byte - 2, 2 * byte), 16), cells = [];
    for (let bit = 8; bit > 0; bit--) {
      const place = `${byte}.${bit}`, on = held >> bit - 1 & 1, by = on && setter[place], words = known[place];
      cells.push(`<b class="${on ? 'on' : words ? '' : 'rfu'} ${by ? by.family : ''} ${off[place] ?? ''}"${by ? ` data-set="${by.n}"` : ''} title="${place} ${esc(flat(words ?? 'RFU'))}">${on}</b>`);
      if (on || off[place]) items.push(`<li class="${off[place] ?? ''}"><code>${place}</code> ${both(words ?? 'RFU')}${off[place] ? ` — ${say(off[place] === 'miss' ? 'missing' : 'extra')}` : ''}${by ? `<small class="${by.family}">${by.n} · ${both(by.name)}</small>` : ''}</li>`);
    }
    rows.push(`<span>${byte}</span>${cells.join('')}`);
  }
  return `<section class="panel"><h3><span>${name}${carried ? ` <small class="dim">${say('carried')}</small>` : ''}</span><code>${value}</code></h3><div class="bits"><span></span>${[8, 7, 6, 5, 4, 3, 2, 1].map(bit => `<span>b${bit}</span>`).join('')}${rows.join('')}</div>${items.length ? `<ul class="set">${items.join('')}</ul>` : `<p class="set dim">${say('noBits')}</p>`}</section>`;
}
function evidence(run, held, own, at, pool) {
  const T = text => both(pool.texts[text]), ended = run.outcome, found = stages(run, pool), last = name => ended[name] ?? run.entries.map(number => pool.entries[number][name]).filter(Boolean).at(-1);
  const wrong = name => held.findings.filter(one => isRun(one, at) && first(one.what).includes(name)).flatMap(one => one.bits ?? []);
  const facts = [[ended.arc && say('arc'), ended.arc], ['AID', ended.aid], ['PAN', ended.pan]].filter(([name, value]) => name && value).map(([name, value]) => `<span>${name} <samp>${esc(value)}</samp></span>`).join('');
  const flags = ['signature', 'reversal'].filter(name => ended[name]).map(name => `<span>${say(name)}</span>`).join('');
  const good = ['approved', 'completed'].includes(ended.verdict);
  const panels = ['TVR', 'TSI'].map(name => { const value = last(name.toLowerCase()); return value ? register(name, value, found, wrong(name), !(name.toLowerCase() in ended), pool) : ''; }).join('');
  const cvm = ended.cvm ? `<section class="panel"><h3>${say('cvm')}<code>${ended.cvm}</code></h3>${T(ended.told)}</section>` : '';
  return `<div class="ending ${ended.verdict ? good ? 'yes' : 'no' : ''}"><b>${'title' in ended ? T(ended.title) : 'verdict' in ended ? '' : Object.keys(ended).length ? '' : say('unfinished')}</b>${'service' in ended ? `<span>${T(ended.service)} ${esc(ended.amount ?? '')}</span>` : ''}${'reason' in ended ? `<span>${T(ended.reason)}</span>` : ''}${facts}${flags}<nav><button type="button" id="bytes" title="A">${say('bytes')}</button><button type="button" id="minor" title="M">${say('minor')}</button></nav></div>
  <div class="columns"><section><div class="lanes"><b class="cardholder">${say('cardholder')}</b><b class="terminal">${say('laneTerminal')}</b><b class="card">${say('laneCard')}</b><b class="host">${say('laneHost')}</b></div><div class="flow">${found.map(stage => drawn(stage, own, pool)).join('')}</div></section><aside class="side">${panels}${cvm}</aside></div>`;
}
/* the rows of the evidence a finding speaks of */
function culprits(one) {
  const what = first(one.what), sent = ins => $$(`.row[data-ins="${ins}"]`, pane);
  let found = /command (..) number (\d+)/.exec(what);
  if (found) return sent(found[1]).slice(+found[2] - 1, +found[2]);
  found = /number of commands (..)/.exec(what);
  if (found) return sent(found[1]);
  if (/P1 of GENERATE AC|GENERATE ACs|last GENERATE AC/.test(what)) return sent('AE');
  return /EXTERNAL AUTH/.test(what) ? sent('82') : [];
}

async function show() {
  const row = byCode.get(now.code);
  let pool;
  try { pool = await unpack(); } catch { pane.innerHTML = `<div class="body">${say('old')}</div>`; return; }
  if (byCode.get(now.code) !== row) return;
  const held = pool.cases[now.code], marks = row.dataset.m.split(' '), own = row.dataset.c.split(' ');
  const names = SUBJECTS.map(subject => subject.name).filter(name => name in held.seen);
  if (!names.includes(now.subject)) now.subject = names.find((name, at) => marks[at] !== 'pass') ?? names[0];
  const seen = held.seen[now.subject] ?? { findings: [], runs: [] }, mark = marks[SUBJECTS.findIndex(subject => subject.name === now.subject)] ?? '';
  now.run = Math.min(now.run, Math.max(seen.runs.length - 1, 0));
  const tabs = names.length > 1 ? `<span class="tabs">${names.map((name, at) => `<button type="button" class="tab" data-subject="${esc(name)}" aria-pressed="${name === now.subject}">${esc(name)} ${badge(marks[at])}</button>`).join('')}</span>` : badge(mark);
  const runs = seen.runs.length > 1 ? `<p class="tabs">${seen.runs.map((run, at) => `<button type="button" class="tab" data-run="${at}" aria-pressed="${at === now.run}">${say('run')} ${at + 1}</button>`).join('')}</p>` : '';
  const meta = [esc(held.id), row.dataset.s ? `${say('severity')} <b>${say(row.dataset.s)}</b>` : '', ...(held.xref ?? []).map(esc), seen.ms ? `${seen.ms} ms` : '', held.sha256 ? `<code title="SHA-256">${esc(held.sha256.slice(0, 12))}</code>` : ''].filter(Boolean).join(' · ');
  pane.innerHTML = `<div class="crown"><span class="code">${esc(now.code)}</span>${tabs}<nav><button type="button" data-go="-1" title="K">‹</button><button type="button" data-go="1" title="J">›</button><button type="button" data-go="0" title="Esc">×</button></nav></div>
  <div class="body"><h2>${row.cells[1].innerHTML}</h2><p class="meta">${meta}</p>${held.provisional ? `<p class="remark">† ${esc(held.provisional)}</p>` : ''}${seen.reason ? `<p class="remark">${esc(seen.reason)}</p>` : ''}${seen.deviation ? `<p class="remark">${say('deviation')}: ${esc(seen.deviation)}</p>` : ''}
  <div class="verdicts">${seen.findings.map(finding).join('')}</div><div class="about">${settings(held.settings)}${clauses(own)}</div>${runs}${seen.runs.length ? evidence(seen.runs[now.run], seen, own, now.run, pool) : `<p class="dim">${say('lost')}</p>`}</div>`;
  pane.scrollTop = 0;
  if (getComputedStyle(pane).position === 'static') scrollTo(0, 0);
  dress(pool, seen);
  pane.focus({ preventScroll: true });
}
function dress(pool, seen) {
  $$('.row', pane).forEach(row => { row.addEventListener('toggle', () => fill(row, pool)); if (!row.classList.contains('open')) $('summary', row).onclick = event => event.preventDefault(); });
  seen.findings.forEach((one, at) => {
    if (!isRun(one, now.run)) return;
    const found = culprits(one), button = $(`[data-show="${at}"]`, pane), place = found[0] ?? (one.bits?.length ? $('.bits .miss, .bits .extra', pane) : null);
    found.forEach(row => row.classList.add('culprit'));
    if (place) { button.hidden = false; button.onclick = () => { if (found[0]) { fill(place, pool); place.open = true; } place.scrollIntoView({ behavior: 'smooth', block: 'center' }); }; }
  });
  const all = $$('.stage', pane), bits = $$('.bits b[data-set]', pane);
  all.forEach(stage => { stage.onmouseenter = () => bits.forEach(bit => bit.classList.toggle('later', +bit.dataset.set > +stage.dataset.n)); stage.onmouseleave = () => bits.forEach(bit => bit.classList.remove('later')); });
  bits.forEach(bit => bit.onclick = () => all[bit.dataset.set - 1].scrollIntoView({ behavior: 'smooth', block: 'center' }));
  if ($('#bytes')) { $('#bytes').onclick = () => { const open = $$('.row.open', pane), on = !open.every(row => row.open); open.forEach(row => { fill(row, pool); row.open = on; }); }; $('#minor').onclick = () => pane.classList.toggle('minor-on'); }
}
pane.onclick = event => {
  const target = event.target.closest('button, samp.long');
  if (target?.classList.contains('long')) target.classList.toggle('all');
  else if (target?.dataset.subject) { now.subject = target.dataset.subject; now.run = 0; link(); }
  else if (target?.dataset.run) { now.run = +target.dataset.run; link(); }
  else if (target?.dataset.go) target.dataset.go === '0' ? close() : go(+target.dataset.go);
};

/* where we are: #CVM-027.01, #CVM-027.01@subject, #CVM-027.01@subject/2 */
const link = () => { location.hash = now.code + (SUBJECTS.length > 1 || now.run ? `@${encodeURIComponent(now.subject)}${now.run ? `/${now.run + 1}` : ''}` : ''); };
const close = () => { history.replaceState(null, '', location.pathname + location.search); follow(); };
let scrolled = 0;
function follow() {
  const [, code = '', subject = '', run = ''] = /^#([^@/]*)(?:@([^/]*))?(?:\/(\d+))?$/.exec(decodeURI(location.hash)) ?? [], row = byCode.get(code), was = root.classList.contains('opened');
  if (!was && row) scrolled = scrollY;
  byCode.get(now.code)?.classList.remove('now');
  root.classList.toggle('opened', !!row);
  if (!row) { now.code = ''; pane.replaceChildren(); if (was) scrollTo(0, scrolled); const part = code && $(`.more #${CSS.escape(code)}`); if (part) { part.open = true; part.scrollIntoView(); } return; }
  Object.assign(now, { code, subject: decodeURIComponent(subject) || (SUBJECTS.length > 1 ? now.subject : ''), run: run ? run - 1 : 0 });
  row.classList.add('now');
  if (row.hidden) $('#clear').click();
  shut(row.parentNode, false);
  row.scrollIntoView({ block: was ? 'nearest' : 'center' });
  show();
}
function go(step, wanted = () => true) {
  const open = rows.filter(row => !row.hidden && wanted(row) || row.id === now.code), at = open.findIndex(row => row.id === now.code), next = open[at < 0 ? 0 : at + step];
  if (next) location.hash = next.id;
}
addEventListener('hashchange', follow);

/* keys, language, light */
const keep = (name, value) => { try { localStorage.setItem(`jinka-${name}`, value); } catch { /* a page from a file may not */ } };
const kept = name => { try { return localStorage.getItem(`jinka-${name}`); } catch { return null; } };
const speak = tongue => { root.classList.remove('en', 'zh'); root.classList.add(root.lang = tongue); $('#group').options[0].text = tongue === 'zh' ? '全部分组' : 'all groups'; $('#clause').options[0].text = tongue === 'zh' ? '全部条款' : 'all clauses'; };
const dark = () => (root.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
$('#language').onclick = () => { speak(root.lang === 'en' ? 'zh' : 'en'); keep('language', root.lang); };
$('#theme').onclick = () => keep('theme', root.dataset.theme = dark() ? 'light' : 'dark');
$('#print').onclick = () => print();
$('#keys').onclick = () => $('#help').showModal();
addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || $('#help').open) return;
  if (event.target.matches('input, select')) { if (event.key === 'Escape') event.target.blur(); return; }
  const act = {
    '/': () => $('#search').focus(), j: () => go(1), k: () => go(-1), ArrowDown: () => now.code && go(1), ArrowUp: () => now.code && go(-1), ArrowRight: () => now.code && go(1), ArrowLeft: () => now.code && go(-1),
    n: () => go(1, row => row.dataset.m.split(' ').some(mark => mark !== 'pass' && mark !== 'not-applicable')), Escape: () => now.code && close(), a: () => $('#bytes')?.click(), m: () => $('#minor')?.click(), o: fold, l: () => $('#language').click(), t: () => $('#theme').click(), p: () => print(), '?': () => $('#help').showModal(),
  }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (act && !(event.key.startsWith('Arrow') && !now.code)) { event.preventDefault(); act(); }
});
if (kept('language')) speak(kept('language'));
if (kept('theme')) root.dataset.theme = kept('theme');
filter(); follow();
(window.requestIdleCallback ?? setTimeout)(() => unpack().catch(() => {}));
