/* igot.js -- what script adds. Every page is whole without it.
 *
 * [data-heartbeat=URL]   learning time: posts csrf (and the video's place)
 * form[data-live=ID]     shows its results in #ID while you type
 * form[data-confirm=ASK] asks in a <dialog> (buttons: data-yes, data-no)
 * form[method=post]      is sent once
 */
'use strict';
(() => {
	const each = (root, selector, f) => root.querySelectorAll(selector).forEach(f);

	/* The server does the counting; this only says "still here". */
	each(document, '[data-heartbeat]', el => {
		var video = document.querySelector('video'), timer, done = false;
		function hide(what, is) { each(document, what, e => e.hidden = is); }
		function show(a) {
			each(document, '[data-clock]', e => {
				if (e.localName === 'progress') e.value = Math.min(a.counted_s, a.needed_s);
				else e.textContent = Math.floor(a.counted_s / 60);
			});
			if (done === a.done) return;
			done = a.done;
			each(document, '[data-finish]', e => e.disabled = !done);
			hide('[data-until-done]', done);
			hide('[data-when-done]', !done);
		}
		function beat() {
			if (document.hidden || (video && (video.paused || video.ended))) return;
			var body = new URLSearchParams({ csrf: el.dataset.csrf });
			if (video) body.set('at_s', Math.floor(video.currentTime));
			fetch(el.dataset.heartbeat, { method: 'POST', body: body, headers: { Accept: 'application/json' } })
				.then(r => {
					if (r.status >= 400 && r.status < 500 && r.status !== 429) clearInterval(timer);
					if (!r.ok) throw r;
					return r.json();
				})
				.then(a => { show(a); hide('[data-offline]', true); })
				.catch(() => hide('[data-offline]', false));
		}
		timer = setInterval(beat, 15000);
		beat();
	});

	each(document, 'form[data-live]', form => {
		var wait, asked, said = form.querySelector('[data-said]');
		function ask() {
			var url = new URL(form.action), at = document.getElementById(form.dataset.live);
			url.search = new URLSearchParams(new FormData(form));
			if (asked) asked.abort();
			asked = new AbortController();
			fetch(url, { headers: { 'X-Part': '1' }, signal: asked.signal })
				.then(r => { if (!r.ok || r.redirected) throw r; return r.text(); })
				.then(html => {
					at.innerHTML = html;
					history.replaceState(null, '', url);
					var count = at.querySelector('[data-count]');
					if (said && count) said.textContent = count.textContent;
				})
				.catch(e => { if (e.name !== 'AbortError') form.submit(); });
		}
		form.addEventListener('input', () => { clearTimeout(wait); wait = setTimeout(ask, 250); });
	});

	document.addEventListener('submit', ev => {
		var form = ev.target, by = ev.submitter;
		if (form.dataset.confirm && !form.elements.confirmed && window.HTMLDialogElement) {
			ev.preventDefault();
			confirm(form, by);
			return;
		}
		if (form.method !== 'post') return;
		if (form.dataset.sent) { ev.preventDefault(); return; }
		form.dataset.sent = '1';
		if (by) by.setAttribute('aria-disabled', 'true');
		setTimeout(free, 10000, form);        /* the network may have failed */
	});
	function free(form) {
		delete form.dataset.sent;
		each(form, '[aria-disabled]', b => b.removeAttribute('aria-disabled'));
	}
	addEventListener('pageshow', () => each(document, 'form[data-sent]', free));

	function make(name, text, className) {
		var e = document.createElement(name);
		e.textContent = text || ''; e.className = className || '';
		return e;
	}
	function confirm(form, by) {
		var box = make('dialog'), row = make('div', '', 'row'), ask = make('p', form.dataset.confirm);
		var yes = make('button', form.dataset.yes, 'button'), no = make('button', form.dataset.no, 'button plain');
		ask.id = 'confirm-ask';
		box.setAttribute('aria-labelledby', ask.id);
		yes.onclick = () => {
			var c = make('input');
			c.type = 'hidden'; c.name = 'confirmed'; c.value = '1';
			form.append(c);
			box.close();
			form.requestSubmit(by);
			c.remove();
		};
		no.onclick = () => box.close();
		box.onclose = () => box.remove();
		row.append(no, yes); box.append(ask, row); document.body.append(box);
		box.showModal();
	}
})();
