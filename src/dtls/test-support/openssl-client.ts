import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether the machine has OpenSSL's command; where CI=true its absence is an error. */
export function hasOpenssl(): boolean {
	const found = spawnSync('openssl', ['version']).status === 0;
	if (!found && process.env.CI === 'true') throw new Error('openssl is not on the PATH');
	return found;
}

/** A client's certificate and key in PEM files. */
export interface ClientIdentity {
	readonly certificate: string;
	readonly key: string;
}

/** A folder of identities, made by OpenSSL itself. */
export function createIdentities() {
	const folder = mkdtempSync(join(tmpdir(), 'dtls-identities-'));
	const create = (name: string, ...algorithm: readonly string[]): ClientIdentity => {
		const identity = { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
		const files = ['-keyout', identity.key, '-out', identity.certificate];
		execFileSync('openssl', ['req', '-x509', '-nodes', '-subj', '/CN=client', '-days', '2', ...algorithm, ...files], { stdio: 'ignore' });
		return identity;
	};
	return {
		ecdsa: create('ecdsa', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'),
		rsa: create('rsa', '-newkey', 'rsa:2048'),
		remove: () => rmSync(folder, { recursive: true }),
	};
}

/** `openssl s_client` speaking DTLS 1.2 to a socket of ours. */
export class OpensslClient {
	readonly #socket: Socket;
	readonly #process: ChildProcess;
	#remote: RemoteInfo | undefined;
	#output = '';
	readonly #exited: Promise<void>;

	constructor(socket: Socket, child: ChildProcess, onDatagram: (datagram: Uint8Array) => void) {
		this.#socket = socket;
		this.#process = child;
		this.#exited = new Promise((resolve) => child.once('close', () => resolve()));
		const collect = (text: Buffer) => {
			this.#output += text.toString('latin1');
		};
		child.stdout?.on('data', collect);
		child.stderr?.on('data', collect);
		socket.on('message', (datagram, remote) => {
			this.#remote = remote;
			onDatagram(datagram);
		});
	}

	/** Starts one; what it sends goes to `onDatagram`. */
	static async start(arguments_: readonly string[], onDatagram: (datagram: Uint8Array) => void): Promise<OpensslClient> {
		const socket = createSocket('udp4');
		await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
		const exporter = ['-keymatexport', 'EXTRACTOR-dtls_srtp', '-keymatexportlen', '60'];
		const connect = ['s_client', '-dtls1_2', '-connect', `127.0.0.1:${socket.address().port}`];
		const child = spawn('openssl', [...connect, ...exporter, ...arguments_], { stdio: ['pipe', 'pipe', 'pipe'] });
		return new OpensslClient(socket, child, onDatagram);
	}

	/** Sends it a datagram. */
	send(datagram: Uint8Array): void {
		if (this.#remote !== undefined) this.#socket.send(datagram, this.#remote.port, this.#remote.address);
	}

	/** What it exported: 60 octets in upper-case hex. Waits until it has said so. */
	async keyingMaterial(): Promise<string> {
		const pattern = /Keying material: ([0-9A-F]+)/;
		while (!pattern.test(this.#output)) {
			const more = await Promise.race([
				new Promise<true>((resolve) => this.#process.stdout?.once('data', () => resolve(true))),
				this.#exited.then(() => false as const),
			]);
			if (!more && !pattern.test(this.#output)) throw new Error(`openssl ended without keys:\n${this.#output}`);
		}
		return pattern.exec(this.#output)?.[1] ?? '';
	}

	/** Lets it say close_notify and end. */
	quit(): void {
		this.#process.stdin?.write('Q\n');
	}

	/** Resolves when it has ended of itself. */
	get exited(): Promise<void> {
		return this.#exited;
	}

	/** Ends the process and closes the socket. */
	async close(): Promise<void> {
		this.#process.kill('SIGKILL');
		await this.#exited;
		this.#socket.close();
	}
}
