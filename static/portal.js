/* Enhancement only: every page works without this file. */
(() => {
  'use strict';
  const doc = document, root = doc.documentElement;
  const all = (sel, from) => [...from.querySelectorAll(sel)];
  const id = (name) => doc.getElementById(name);

  /* A short word at the bottom; it stays when it is the last one there will be. */
  let fade;
  const toast = (text, stay) => {
    const t = doc.querySelector('.toast');
    clearTimeout(fade);
    t.textContent = text;
    if (!stay) fade = setTimeout(() => { t.textContent = ''; }, 4000);
  };

  /* A redirect means that the session has ended: its page is never swapped in. */
  const load = async (url) => {
    const res = await fetch(url, { headers: { Accept: 'text/html' }, redirect: 'manual' });
    if (res.type === 'opaqueredirect') throw Object.assign(new Error('ended'), { ended: true });
    if (!res.ok) throw new Error(res.status);
    return new DOMParser().parseFromString(await res.text(), 'text/html');
  };
  /* Swap elements by id; what changed is said by data-say, to screen readers only. */
  const swap = (names, page) => names.split(' ').forEach((name) => {
    const old = id(name), now = page.getElementById(name);
    if (!old || !now) throw new Error(name);
    all('details[open]', old).forEach((d) => {
      const same = all('details', now)[all('details', old).indexOf(d)];
      if (same) same.open = true;
    });
    old.replaceWith(now);
    if (now.dataset.say && now.dataset.say !== old.dataset.say) id('say').textContent = now.dataset.say;
    enhance(now);
  });

  /* Relative times, counted from the server's clock. */
  const started = performance.now(), server = Date.parse(root.dataset.now) || Date.now();
  const rtf = new Intl.RelativeTimeFormat(root.lang, { numeric: 'auto' });
  const units = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];
  const times = (from) => all('time[data-rel]', from).forEach((el) => {
    const s = (Date.parse(el.dateTime) - server - (performance.now() - started)) / 1000;
    el.title ||= el.textContent;
    if (!(Math.abs(s) < 2592000)) { el.textContent = el.title; return; }
    const [unit, size] = units.find(([, n]) => Math.abs(s) >= n) || units[3];
    el.textContent = rtf.format(Math.trunc(s / size), unit);
  });

  /* Live fragment: ends when the answer has no data-poll. */
  const poll = (el, wait = (el.dataset.every || 5) * 1000, tries = 0) => setTimeout(async () => {
    if (!el.isConnected) return;
    if (doc.hidden || el.querySelector(':focus,td :checked')) return poll(el, wait, tries);
    try {
      const page = await load(el.dataset.poll);
      swap(el.id, page);
      /* And what stands around it. */
      ['pill', 'subnav', 'alarm'].forEach((n) => {
        const old = id(n);
        if (!old || old.contains(doc.activeElement)) return;
        if (page.getElementById(n)) swap(n, page); else old.remove();
      });
    }
    catch (e) {
      if (e.ended || tries > 5) toast(e.ended ? 'You are signed out. Load the page again.' : 'Live updates stopped. Load the page again.', true);
      else poll(el, Math.min(wait * 2, 60000), tries + 1);
    }
  }, wait);

  const enhance = (from) => {
    times(from);
    all('[data-copy],[data-print]', from).forEach((b) => { b.hidden = b.dataset.copy && !navigator.clipboard; });
    [from, ...all('[data-poll]', from)].forEach((el) => el.dataset?.poll && poll(el));
  };
  enhance(doc);
  setInterval(times, 30000, doc);

  /* What was done is said once: not again on reload. */
  const here = new URL(location);
  if (here.searchParams.has('done')) {
    here.searchParams.delete('done');
    history.replaceState(null, '', here);
  }

  doc.addEventListener('click', (e) => {
    const el = e.target.closest('[data-copy],[data-dialog],[data-print]');
    if (!el) return;
    const { copy, dialog } = el.dataset;
    if (copy) navigator.clipboard.writeText(id(copy).textContent.trim()).then(() => toast('Copied'), () => toast('Could not copy'));
    else if (dialog) { if (id(dialog)?.showModal) { e.preventDefault(); id(dialog).showModal(); } }
    else print();
  });

  /* Filter as you type: data-filter hides rows here, data-swap asks the server. */
  let timer;
  doc.addEventListener('input', (e) => {
    const { filter, all: every } = e.target.dataset, form = e.target.closest('form[data-swap]');
    if (every !== undefined) all('tbody [type=checkbox]', e.target.closest('table')).forEach((c) => { c.checked = e.target.checked; });
    else if (filter) {
      const q = e.target.value.trim().toLowerCase();
      all('tr, li', id(filter)).forEach((row) => { row.hidden = !row.textContent.toLowerCase().includes(q); });
    } else if (form) {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const mine = timer, url = form.getAttribute('action') + '?' + new URLSearchParams(new FormData(form));
        const boxes = form.dataset.swap.split(' ').map(id);
        boxes.forEach((b) => b?.setAttribute('aria-busy', 'true'));
        try {
          const page = await load(url);
          if (mine === timer) { swap(form.dataset.swap, page); history.replaceState(null, '', url); }
        } catch { form.requestSubmit(); }
      }, 250);
    }
  });

  /* A form is sent once. The theme is shown at once, then saved. */
  doc.addEventListener('submit', (e) => {
    const form = e.target;
    if (form.matches('[data-theme-form]')) {
      e.preventDefault();
      const body = new URLSearchParams(new FormData(form, e.submitter)), old = root.dataset.theme;
      root.dataset.theme = body.get('theme') || '';
      all('[name=theme]', form).forEach((b) => b.setAttribute('aria-pressed', b === e.submitter));
      fetch(form.getAttribute('action'), { method: 'POST', body, redirect: 'manual' })
        .then((res) => { if (res.status >= 400) throw res; })
        .catch(() => { root.dataset.theme = old; toast('The theme could not be saved'); });
    } else if (form.method === 'post') {
      if (form.ariaBusy) e.preventDefault();
      form.ariaBusy = 'true';
    }
  });
  addEventListener('pageshow', () => all('form', doc).forEach((f) => { f.ariaBusy = null; }));
})();
