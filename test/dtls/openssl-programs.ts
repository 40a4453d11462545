import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { createCertificate } from '../../src/dtls/certificate.ts';
import { DtlsSession } from '../../src/dtls/dtls-session.ts';
import { UdpRelay } from '../support/udp-relay.ts';

/** A DTLS server on a port of its own. */
export interface DtlsEndpoint {
	readonly port: number;
	close(): Promise<void>;
}

const PROFILES = 'SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80';

/** A P-256 key with its certificate, in files that both programs read. */
export function createIdentity(openssl: string, folder: string): readonly string[] {
	const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
	const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
	const files = ['-keyout', key, '-out', certificate];
	execFileSync(openssl, ['req', '-x509', '-nodes', '-subj', '/CN=test', '-days', '2', ...curve, ...files], { stdio: 'ignore' });
	return ['-key', key, '-cert', certificate];
}

const certificate = await createCertificate();

/** Ours, for the one client that sends to it. */
export async function ourServer(): Promise<DtlsEndpoint> {
	const socket = createSocket('udp4');
	socket.bind(0, '127.0.0.1');
	await once(socket, 'listening');
	let client: { readonly address: string; readonly port: number } | undefined;
	const session = new DtlsSession({
		certificate,
		srtpProfiles: ['AEAD_AES_128_GCM', 'AES128_CM_HMAC_SHA1_80'],
		send: (datagram) => {
			if (client !== undefined) socket.send(datagram, client.port, client.address);
		},
		onConnected: () => {},
		onClosed: () => {},
		onFault: (error) => {
			throw error;
		},
	});
	socket.on('message', (datagram, from) => {
		client = from;
		session.receive(datagram);
	});
	return {
		port: socket.address().port,
		async close() {
			session.close();
			socket.close();
			await once(socket, 'close');
		},
	};
}

/** OpenSSL's own, which asks for a certificate as ours does. */
export async function opensslServer(openssl: string, identity: readonly string[]): Promise<DtlsEndpoint> {
	const child = spawn(openssl, [
		's_server',
		'-dtls1_2',
		'-accept',
		'127.0.0.1:0',
		'-timeout',
		'-Verify',
		'1',
		'-use_srtp',
		PROFILES,
		...identity,
	]);
	const said = firstMatch(child, /ACCEPT 127\.0\.0\.1:(\d+)/);
	return { port: Number(await said), close: () => end(child) };
}

/**
 * `openssl s_client` through a relay of this loss and delay. Returns in how many ms after its first datagram it had its keys; undefined
 * when it had none in time.
 */
export async function clientHandshake(
	openssl: string,
	identity: readonly string[],
	server: DtlsEndpoint,
	link: { readonly loss: number; readonly delayMs: number; readonly seed: number },
	withinMs: number,
): Promise<number | undefined> {
	const relay = await UdpRelay.open(server.port, link);
	const begun = new Promise<number>((resolve) => {
		relay.tap = () => {
			resolve(performance.now());
			return true;
		};
	});
	const exporter = ['-keymatexport', 'EXTRACTOR-dtls_srtp', '-keymatexportlen', '60'];
	const connect = ['s_client', '-dtls1_2', '-timeout', '-connect', `127.0.0.1:${relay.port}`, '-use_srtp', PROFILES];
	const child = spawn(openssl, [...connect, ...exporter, ...identity]);
	const finished = firstMatch(child, /Keying material: ([0-9A-F]+)/).then(
		() => performance.now(),
		() => undefined,
	);
	const begunMs = await begun;
	const late = Promise.withResolvers<undefined>();
	const limit = setTimeout(() => late.resolve(undefined), withinMs);
	const finishedMs = await Promise.race([finished, late.promise]);
	clearTimeout(limit);
	await end(child);
	await relay.close();
	return finishedMs === undefined ? undefined : finishedMs - begunMs;
}

/** What the pattern's group matches in the program's output; rejects when the program ends without. */
function firstMatch(child: ChildProcess, pattern: RegExp): Promise<string> {
	return new Promise((resolve, reject) => {
		let output = '';
		const collect = (text: Buffer): void => {
			output += text.toString('latin1');
			const found = pattern.exec(output)?.[1];
			if (found !== undefined) resolve(found);
		};
		child.stdout?.on('data', collect);
		child.stderr?.on('data', collect);
		child.once('close', () => reject(new Error(`the program ended:\n${output}`)));
	});
}

async function end(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const closed = once(child, 'close');
	child.kill('SIGKILL');
	await closed;
}
