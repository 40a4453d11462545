import { type Answer, type Call, get, post, readCall, roomIsThere } from './duress-api.ts';
import { element } from './element.ts';
import { isObject, parseObject, textOf } from './json.ts';
import { Link, type LinkState } from './signaling.ts';

/** How often to look for calls. */
const pollMs = 2_000;

const meKey = 'duress-helper';
const takenKey = 'duress-taken';

const me = element('me', HTMLInputElement);
const summary = element('summary', HTMLElement);
const list = element('calls', HTMLUListElement);
const notice = element('notice', HTMLElement);
const watching = element('watching', HTMLElement);
const watched = element('watched', HTMLElement);
const video = element('video', HTMLVideoElement);
const linkText = element('link', HTMLElement);
const soundButton = element('sound', HTMLButtonElement);
const leaveButton = element('leave', HTMLButtonElement);

/** Calls taken here: the server's list shows only open ones. Kept for as long as the tab lives. */
const taken = new Map<string, Call>(readTaken().map((call) => [call.roomId, call]));
let open: readonly Call[] = [];
let link: Link | undefined;
let watchedRoom: string | undefined;

const linkTexts: Readonly<Record<LinkState, string>> = {
	connecting: 'Connecting …',
	connected: 'Connected, waiting for the picture …',
	reconnecting: 'The connection was lost. Trying again …',
	over: 'The call has ended.',
	replaced: 'The call has ended.',
};

function readTaken(): Call[] {
	const stored = parseObject(sessionStorage.getItem(takenKey) ?? '');
	const entries: unknown = stored?.calls;
	return Array.isArray(entries) ? entries.map((entry: unknown) => readCall(entry)).filter((call) => call !== undefined) : [];
}

function storeTaken(): void {
	const calls = [...taken.values()].map(({ viewerUrl, ...call }) => ({ ...call, viewerWebsocketUrl: viewerUrl }));
	sessionStorage.setItem(takenKey, JSON.stringify({ calls }));
}

/** The helper's name, or undefined after asking for it. */
function myName(): string | undefined {
	const name = me.value.trim();
	if (name !== '') return name;
	notice.textContent = 'Please write your name first, so that the caller knows who comes.';
	me.focus();
	return undefined;
}

function leave(): void {
	link?.close();
	link = undefined;
	watchedRoom = undefined;
	video.srcObject = null;
	watching.hidden = true;
	setSound(false);
}

function setSound(on: boolean): void {
	video.muted = !on;
	soundButton.textContent = on ? 'Sound off' : 'Sound on';
	soundButton.setAttribute('aria-pressed', String(on));
}

function watch(call: Call): void {
	if (watchedRoom === call.roomId) return;
	leave();
	watchedRoom = call.roomId;
	watched.textContent = `Watching ${call.name}`;
	watching.hidden = false;
	link = new Link({
		url: call.viewerUrl,
		stillThere: () => roomIsThere(call.roomId),
		onState: (state) => {
			linkText.textContent = linkTexts[state];
			if (state === 'connected' && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) linkText.textContent = 'Live';
			if (state !== 'over') return;
			forget(call);
			link = undefined;
			watchedRoom = undefined;
			video.srcObject = null;
			show();
		},
		onStream: (stream) => {
			if (video.srcObject !== stream) video.srcObject = stream;
		},
		onSignal: (present) => {
			linkText.textContent = present ? 'Live' : "The caller's signal was lost. The picture goes on when it is back.";
		},
	});
	watching.scrollIntoView({ block: 'nearest' });
}

function forget(call: Call): void {
	if (taken.delete(call.roomId)) storeTaken();
	open = open.filter(({ roomId }) => roomId !== call.roomId);
}

/** Sends, and says in the page's own words what went wrong. */
async function send(path: string, body: Readonly<Record<string, string>>): Promise<Answer | undefined> {
	notice.textContent = '';
	try {
		const answer = await post(path, body);
		if (answer.status === 200) return answer;
		if (answer.status === 409) {
			const helper = answer.body === undefined ? '' : textOf(answer.body, 'helper');
			notice.textContent = helper === '' ? 'Somebody else has taken this call.' : `${helper} has taken this call.`;
		} else if (answer.status === 404) notice.textContent = 'This call has ended.';
		else notice.textContent = `The server did not accept this (${answer.status}).`;
	} catch {
		notice.textContent = 'The server cannot be reached. Please try again.';
	}
	return undefined;
}

async function take(call: Call): Promise<void> {
	const helper = myName();
	if (helper === undefined) return;
	if ((await send('/duress/give_help', { name: call.name, helper, roomId: call.roomId })) !== undefined) {
		taken.set(call.roomId, call);
		storeTaken();
	}
	await poll();
}

async function complete(call: Call): Promise<void> {
	const helper = myName();
	if (helper === undefined) return;
	if ((await send('/duress/help_completed', { name: call.name, helper, roomId: call.roomId })) === undefined) return;
	forget(call);
	if (watchedRoom === call.roomId) leave();
	show();
}

function button(text: string, className: string, onClick: () => void): HTMLButtonElement {
	const made = document.createElement('button');
	made.type = 'button';
	made.className = className;
	made.textContent = text;
	made.addEventListener('click', onClick);
	return made;
}

function line(text: string): HTMLParagraphElement {
	const made = document.createElement('p');
	made.textContent = text;
	return made;
}

function cardOf(call: Call, isNewest: boolean): HTMLLIElement {
	const card = document.createElement('li');
	card.className = isNewest ? 'card newest' : 'card';
	card.dataset.room = call.roomId;
	const title = document.createElement('h3');
	title.textContent = call.name;
	card.append(title);
	if (call.zone !== '') card.append(line(`Where: ${call.zone}`));
	if (call.mobile !== '') {
		const phone = line('Phone: ');
		const number = document.createElement('a');
		number.href = `tel:${call.mobile.replace(/[^+\d]/g, '')}`;
		number.textContent = call.mobile;
		phone.append(number);
		card.append(phone);
	}
	if (call.timestamp > 0) card.append(line(`Called at ${new Date(call.timestamp * 1_000).toLocaleTimeString()}`));
	if (taken.has(call.roomId)) card.append(line('You are helping.'));
	const row = document.createElement('div');
	row.className = 'row';
	row.append(button('Watch', 'watch', () => watch(call)));
	if (taken.has(call.roomId)) row.append(button('Complete', 'complete', () => void complete(call)));
	else row.append(button('Take', 'take', () => void take(call)));
	card.append(row);
	return card;
}

let shown = '';

/** Draws the list anew only when it changed: a button must not vanish under a finger. */
function show(): void {
	const mine = [...taken.values()];
	const others = open.filter(({ roomId }) => !taken.has(roomId));
	const state = JSON.stringify([mine, others]);
	const countText = others.length === 1 ? '1 open call' : `${others.length} open calls`;
	const noneText = mine.length === 0 ? 'Nobody is calling for help now.' : 'No other open call.';
	const text = others.length === 0 ? noneText : countText;
	if (summary.textContent !== text) summary.textContent = text;
	if (state === shown) return;
	shown = state;
	list.replaceChildren(...mine.map((call) => cardOf(call, false)), ...others.map((call, index) => cardOf(call, index === 0)));
}

async function poll(): Promise<void> {
	try {
		const { status, body } = await get('/duress/listen');
		if (status !== 200) return;
		const entries: unknown[] = body === undefined ? [] : [body, ...(Array.isArray(body.others) ? body.others : [])];
		open = entries
			.filter(isObject)
			.map(readCall)
			.filter((call) => call !== undefined);
		show();
	} catch {
		summary.textContent = 'The server cannot be reached. Trying again …';
	}
}

/** Calls taken here that ended elsewhere (the caller is safe, the tab slept). */
async function dropEnded(): Promise<void> {
	for (const call of [...taken.values()]) if (!(await roomIsThere(call.roomId))) forget(call);
	show();
}

me.value = localStorage.getItem(meKey) ?? '';
me.addEventListener('input', () => localStorage.setItem(meKey, me.value));
soundButton.addEventListener('click', () => setSound(video.muted));
leaveButton.addEventListener('click', leave);
video.addEventListener('playing', () => {
	linkText.textContent = 'Live';
});

for (let round = 0; ; round += 1) {
	await poll();
	if (taken.size > 0 && round % 5 === 0) await dropEnded();
	await new Promise((resolve) => setTimeout(resolve, pollMs));
}
