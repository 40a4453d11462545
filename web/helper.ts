import { callCard, showSignal } from './call-card.ts';
import { type Answer, askAfter, type Call, get, post, readCall, roomIsThere } from './duress-api.ts';
import { element } from './element.ts';
import { isObject, parseObject, textOf } from './json.ts';
import { serverNowS } from './server-clock.ts';
import type { Signal } from './signal.ts';
import { Link } from './signaling.ts';
import { WatchView } from './watch-view.ts';

/** How often to look for calls. */
const pollMs = 2_000;

const meKey = 'duress-helper';
const takenKey = 'duress-taken';

const me = element('me', HTMLInputElement);
const summary = element('summary', HTMLElement);
const list = element('calls', HTMLUListElement);
const notice = element('notice', HTMLElement);
const leaveButton = element('leave', HTMLButtonElement);
const view = new WatchView();

/** Calls taken here: the server's list shows only open ones. Kept for as long as the tab lives. */
const taken = new Map<string, Call>(readTaken().map((call) => [call.roomId, call]));
/** Signals of the calls that are taken or watched here. */
const signals = new Map<string, Signal>();
let open: readonly Call[] = [];
let link: Link | undefined;
let watched: Call | undefined;

function readTaken(): Call[] {
	const stored = parseObject(sessionStorage.getItem(takenKey) ?? '');
	const entries: unknown = stored?.calls;
	return Array.isArray(entries) ? entries.map((entry: unknown) => readCall(entry)).filter((call) => call !== undefined) : [];
}

function storeTaken(): void {
	const calls = [...taken.values()].map(({ viewerUrl, signal: _, ...call }) => ({ ...call, viewerWebsocketUrl: viewerUrl }));
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
	watched = undefined;
	view.close();
}

function watch(call: Call): void {
	if (watched?.roomId === call.roomId) return;
	leave();
	watched = call;
	view.open(call.name);
	link = new Link({
		url: call.viewerUrl,
		stillThere: () => roomIsThere(call.roomId),
		onState: (state) => {
			view.link(state);
			if (state === 'over') ended(call);
		},
		onStream: (stream) => view.stream(stream),
		onSignal: (lostSince) => view.signal(lostSince),
		onStatus: (status) => view.status(status, me.value.trim()),
	});
}

/** The session of this call is over. */
function ended(call: Call): void {
	forget(call);
	if (watched?.roomId === call.roomId) {
		link?.close();
		link = undefined;
		watched = undefined;
		view.link('over');
	}
	show();
}

function forget(call: Call): void {
	signals.delete(call.roomId);
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
	if (watched?.roomId === call.roomId) leave();
	show();
}

let shown = '';

/** Draws the list anew only when it changed: a button must not vanish under a finger. */
function show(): void {
	const mine = [...taken.values()];
	const others = open.filter(({ roomId }) => !taken.has(roomId));
	const state = JSON.stringify([mine, others], (key, value: unknown) => (key === 'signal' ? undefined : value));
	const countText = others.length === 1 ? '1 open call' : `${others.length} open calls`;
	const noneText = mine.length === 0 ? 'Nobody is calling for help now.' : 'No other open call.';
	const text = others.length === 0 ? noneText : countText;
	if (summary.textContent !== text) summary.textContent = text;
	if (state !== shown) {
		shown = state;
		list.replaceChildren(...mine.map((call) => cardOf(call, false)), ...others.map((call, index) => cardOf(call, index === 0)));
	}
	showSignals();
}

function cardOf(call: Call, isNewest: boolean): HTMLLIElement {
	return callCard({
		call,
		isNewest,
		isTaken: taken.has(call.roomId),
		onWatch: () => watch(call),
		onTake: () => void take(call),
		onComplete: () => void complete(call),
	});
}

function showSignals(): void {
	for (const card of list.querySelectorAll('li')) {
		const { room = '' } = card.dataset;
		const signal = open.find(({ roomId }) => roomId === room)?.signal ?? signals.get(room);
		showSignal(card, signal, serverNowS());
	}
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

/** How calls fare that the list does not show: taken here, or watched here and taken by somebody else. */
async function pollMine(): Promise<void> {
	const mine = new Map(taken);
	if (watched !== undefined) mine.set(watched.roomId, watched);
	for (const { roomId } of open) mine.delete(roomId);
	const answers = [...mine.values()].map(async (call) => {
		const answer = await askAfter(call.roomId);
		if (answer === 'over') ended(call);
		else if (answer !== undefined) signals.set(call.roomId, answer);
	});
	await Promise.all(answers);
	for (const roomId of signals.keys()) if (!mine.has(roomId)) signals.delete(roomId);
	showSignals();
}

me.value = localStorage.getItem(meKey) ?? '';
me.addEventListener('input', () => localStorage.setItem(meKey, me.value));
leaveButton.addEventListener('click', leave);
setInterval(() => {
	view.refresh();
	showSignals();
}, 1_000);

for (;;) {
	await poll();
	await pollMine();
	await new Promise((resolve) => setTimeout(resolve, pollMs));
}
