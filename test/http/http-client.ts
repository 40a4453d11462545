import { connect } from 'node:net';

/** An answer, read whole. */
export interface Answer {
	readonly status: number;
	readonly headers: Headers;
	readonly text: string;
	/** The text as JSON; undefined when it is none. */
	readonly json: unknown;
}

export async function send(base: string, method: string, path: string, init: RequestInit = {}): Promise<Answer> {
	const response = await fetch(`${base}${path}`, { ...init, method, redirect: 'manual' });
	const text = await response.text();
	return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

export function get(base: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
	return send(base, 'GET', path, { headers });
}

export function postJson(base: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
	return send(base, 'POST', path, { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
}

/** Every way in which clients send fields. */
export const BODY_FORMS = {
	json: (fields: Record<string, string>): RequestInit => ({
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(fields),
	}),
	urlencoded: (fields: Record<string, string>): RequestInit => ({ body: new URLSearchParams(fields) }),
	multipart: (fields: Record<string, string>): RequestInit => {
		const form = new FormData();
		for (const [name, value] of Object.entries(fields)) form.set(name, value);
		return { body: form };
	},
} as const;

/** What the server says to these bytes until it closes, or until it has said `until`. */
export function sendRaw(port: number, bytes: string | Uint8Array, until = '}'): Promise<string> {
	return new Promise((resolve, reject) => {
		let said = '';
		const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
		socket.setTimeout(5_000, () => socket.destroy(new Error('no answer')));
		socket.on('error', reject);
		socket.on('close', () => resolve(said));
		socket.on('data', (data) => {
			said += data.toString();
			if (said.includes(until)) socket.end();
		});
	});
}

/** A field of an object, as text. */
export function textAt(value: unknown, key: string): string {
	const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
	if (typeof found !== 'string') throw new Error(`${key} is not text`);
	return found;
}

/** Presses the button; returns the answer's room and stream ids. */
export async function pressHelp(base: string, name: string): Promise<{ readonly roomId: string; readonly streamId: string }> {
	const { json } = await postJson(base, '/duress/help', { name, zone: 'Ward 3', mobile: '+491511234567' });
	return { roomId: textAt(json, 'roomId'), streamId: textAt(json, 'streamId') };
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
