import { backOffMs } from './back-off.ts';
import { type Capture, captureWhatThereIs } from './capture.ts';
import { post, roomIsThere } from './duress-api.ts';
import { element } from './element.ts';
import { parseObject, textOf } from './json.ts';
import { Link, type LinkState } from './signaling.ts';

/** How often to ask whether somebody is coming. */
const pollMs = 3_000;

/** A running call. It is kept for as long as the tab lives, so that a reload goes on with it. */
interface Session {
	readonly name: string;
	readonly roomId: string;
	readonly broadcasterWs: string;
}

const sessionKey = 'duress-session';
const callerKey = 'duress-caller';

const form = element('call', HTMLFormElement);
const running = element('running', HTMLElement);
const helperText = element('helper', HTMLElement);
const linkText = element('link', HTMLElement);
const companyText = element('company', HTMLElement);
const screenBox = element('screen', HTMLElement);
const preview = element('preview', HTMLVideoElement);
const veil = element('veil', HTMLElement);
const notice = element('notice', HTMLElement);
const safeButton = element('safe', HTMLButtonElement);
const fields = {
	name: element('name', HTMLInputElement),
	zone: element('zone', HTMLInputElement),
	mobile: element('mobile', HTMLInputElement),
};

/** Everything that belongs to the call on the screen; a new one is made for each call. */
interface Running {
	session: Session | undefined;
	capture: Capture | undefined;
	link: Link | undefined;
	/** What the person reads when it is over. */
	farewell: string;
	/** Aborted when the call is over, however it ended. */
	readonly over: AbortController;
}
let current: Running | undefined;

const linkTexts: Readonly<Record<LinkState, string>> = {
	connecting: 'Connecting …',
	connected: 'Connected',
	unattended: 'Your helpers are still connected. Reaching the server again …',
	reconnecting: 'The connection was lost. Trying again …',
	over: '',
	replaced: '',
};

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

function storedSession(): Session | undefined {
	const stored = parseObject(sessionStorage.getItem(sessionKey) ?? '');
	if (stored === undefined) return undefined;
	const session = { name: textOf(stored, 'name'), roomId: textOf(stored, 'roomId'), broadcasterWs: textOf(stored, 'broadcasterWs') };
	return session.roomId === '' || session.broadcasterWs === '' ? undefined : session;
}

/** A person in danger is never asked to fill in a form: without a name the call gets one. */
function callerName(): string {
	if (fields.name.value.trim() === '') fields.name.value = `Guest ${1_000 + Math.floor(Math.random() * 9_000)}`;
	return fields.name.value.trim();
}

function begin(): Running {
	const call: Running = {
		session: undefined,
		capture: undefined,
		link: undefined,
		farewell: 'The call has ended.',
		over: new AbortController(),
	};
	current = call;
	form.hidden = true;
	running.hidden = false;
	safeButton.disabled = false;
	notice.textContent = '';
	helperText.textContent = 'Calling for help …';
	linkText.textContent = '';
	companyText.textContent = '';
	return call;
}

function end(call: Running): void {
	if (call.over.signal.aborted) return;
	call.over.abort();
	call.link?.close();
	for (const track of call.capture?.stream?.getTracks() ?? []) track.stop();
	if (current !== call) return;
	current = undefined;
	sessionStorage.removeItem(sessionKey);
	preview.srcObject = null;
	screenBox.hidden = true;
	showPreviewAs('connecting');
	running.hidden = true;
	form.hidden = false;
	notice.textContent = call.farewell;
}

/** Sends the call until the server has it. */
async function callForHelp(call: Running, details: { name: string; zone: string; mobile: string }): Promise<Session | undefined> {
	for (let attempt = 0; !call.over.signal.aborted; attempt += 1) {
		try {
			const { status, body } = await post('/duress/help', details);
			if (status === 200 && body !== undefined) {
				return { name: details.name, roomId: textOf(body, 'roomId'), broadcasterWs: textOf(body, 'broadcasterWs') };
			}
			linkText.textContent = `The server did not accept the call (${status}). Trying again …`;
		} catch {
			linkText.textContent = 'The server cannot be reached. Trying again …';
		}
		await pause(backOffMs(attempt));
	}
	return undefined;
}

async function capture(call: Running): Promise<Capture> {
	const captured = await captureWhatThereIs();
	call.capture = captured;
	if (call.over.signal.aborted) {
		for (const track of captured.stream?.getTracks() ?? []) track.stop();
		return captured;
	}
	notice.textContent = captured.missing;
	preview.srcObject = captured.stream ?? null;
	screenBox.hidden = captured.stream === undefined || captured.stream.getVideoTracks().length === 0;
	return captured;
}

/** @param helper '' while nobody comes */
function showHelper(helper: string): void {
	const text = helper === '' ? 'Your call is out. Waiting for a helper …' : `${helper} is coming to help you.`;
	if (helperText.textContent !== text) helperText.textContent = text;
}

function showViewers(viewers: number): void {
	const people = viewers === 1 ? '1 person is' : `${viewers} people are`;
	companyText.textContent = viewers === 0 ? 'Nobody is watching yet.' : `${people} watching.`;
}

/** The caller's own picture looks as lost as it is to the helpers. */
function showPreviewAs(state: LinkState): void {
	const isLost = state === 'reconnecting';
	screenBox.classList.toggle('lost', isLost);
	veil.hidden = !isLost;
	companyText.hidden = isLost;
}

async function watchForHelper(call: Running, { name, roomId }: Session): Promise<void> {
	while (!call.over.signal.aborted) {
		try {
			const { status, body } = await post('/duress/listen_for_helper', { name, roomId });
			if (status === 200 && !call.over.signal.aborted) {
				showHelper(body === undefined ? '' : textOf(body, 'helper'));
			}
		} catch {
			// The link's own state tells the person that the server is away.
		}
		await pause(pollMs);
	}
}

function publish(call: Running, session: Session, stream: MediaStream | undefined): void {
	call.link = new Link({
		url: session.broadcasterWs,
		stream,
		stillThere: () => roomIsThere(session.roomId),
		onState: (state) => {
			linkText.textContent = linkTexts[state];
			showPreviewAs(state);
			if (state === 'replaced') call.farewell = 'This call goes on in another window.';
			if (state === 'over' || state === 'replaced') end(call);
		},
		onStatus: ({ viewers, helper }) => {
			showViewers(viewers);
			showHelper(helper);
		},
	});
}

/** A phone that goes to sleep stops sending. */
async function stayAwake(call: Running): Promise<void> {
	try {
		const lock = await navigator.wakeLock.request('screen');
		if (call.over.signal.aborted) await lock.release();
		else call.over.signal.addEventListener('abort', () => void lock.release());
	} catch {
		// Not offered here, or the page is in the background.
	}
}

async function run(call: Running, sessionComes: Promise<Session | undefined>): Promise<void> {
	void stayAwake(call);
	const captureComes = capture(call);
	const session = await sessionComes;
	if (session === undefined || call.over.signal.aborted) {
		// "I am safe" came before the server's answer: the call that it then opened is taken back.
		if (session !== undefined) void cancel(session);
		return;
	}
	call.session = session;
	sessionStorage.setItem(sessionKey, JSON.stringify(session));
	void watchForHelper(call, session);
	const { stream } = await captureComes;
	if (!call.over.signal.aborted) publish(call, session, stream);
}

/** Tells the server that the person is safe, until it knows. */
async function cancel({ roomId }: Session): Promise<void> {
	for (let attempt = 0; ; attempt += 1) {
		try {
			const { status } = await post('/duress/cancel', { roomId, reason: 'safe' });
			if (status < 500) return;
		} catch {
			// Tried again below.
		}
		await pause(backOffMs(attempt));
	}
}

form.addEventListener('submit', (event) => {
	event.preventDefault();
	if (current !== undefined) return;
	const details = { name: callerName(), zone: fields.zone.value.trim(), mobile: fields.mobile.value.trim() };
	localStorage.setItem(callerKey, JSON.stringify(details));
	const call = begin();
	void run(call, callForHelp(call, details));
});

safeButton.addEventListener('click', async () => {
	const call = current;
	if (call === undefined) return;
	safeButton.disabled = true;
	call.farewell = 'Your call has ended. Good that you are safe.';
	if (call.session !== undefined) {
		linkText.textContent = 'Telling the helpers …';
		await cancel(call.session);
	}
	end(call);
});

const caller = parseObject(localStorage.getItem(callerKey) ?? '');
if (caller !== undefined) {
	fields.name.value = textOf(caller, 'name');
	fields.zone.value = textOf(caller, 'zone');
	fields.mobile.value = textOf(caller, 'mobile');
}

const stored = storedSession();
if (stored !== undefined) {
	const call = begin();
	if (await roomIsThere(stored.roomId)) void run(call, Promise.resolve(stored));
	else end(call);
}
