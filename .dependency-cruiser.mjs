/**
 * Import directions (docs/architecture.md): each group of folders imports only from groups before it and each folder from
 * itself; what is allowed beyond that is listed by name.
 */
const groups = [
	['rtp', 'rtcp', 'stun'],
	['ice', 'srtp', 'relay', 'turn', 'negotiation', 'registry'],
	['dtls', 'media', 'room', 'store'],
	['signaling', 'http'],
];
/** What any folder from the third group on may import, and what imports nothing but itself. */
const services = ['config', 'log', 'metrics', 'runtime'];
/** Inside a group: a source folder and the only files of a sister folder that it may import. */
const sisters = { media: ['^src/dtls/'], room: ['^src/media/engine-port\\.ts$'] };

/** Tests, and what only tests use, beside the code that they test. */
const tests = ['\\.(test|fixture)\\.ts$', '^src/[^/]+/testing/'];

const pure = [...groups[0], ...groups[1]];
const allFolders = [...groups.flat(), ...services];
const own = (folder) => `^src/${folder}/`;
const anyOf = (folders) => `^src/(${folders.join('|')})/`;

const directions = groups.flatMap((group, index) =>
	group.map((folder) => {
		const before = groups.slice(0, index).flat();
		const allowed = [own(folder), ...before.map(own), ...(index >= 2 ? services.map(own) : []), ...(sisters[folder] ?? [])];
		return {
			name: `direction-${folder}`,
			comment: `src/${folder} imports only from ${[...before, ...(index >= 2 ? services : [])].join(', ') || 'itself'}`,
			severity: 'error',
			from: { path: own(folder), pathNot: tests },
			to: { path: '^src/', pathNot: allowed },
		};
	}),
);

export default {
	forbidden: [
		...directions,
		{
			name: 'direction-services',
			comment: 'config, log, metrics and runtime import only one another',
			severity: 'error',
			from: { path: anyOf(services), pathNot: tests },
			to: { path: '^src/', pathNot: anyOf(services) },
		},
		{
			name: 'unknown-folder',
			comment: 'a folder of src that the import rules do not know',
			severity: 'error',
			from: {},
			to: { path: '^src/[^/]+/', pathNot: anyOf(allFolders) },
		},
		{ name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
		{
			name: 'nobody-imports-main',
			severity: 'error',
			from: { path: '^(src|web)/' },
			to: { path: '^src/main\\.ts$' },
		},
		{
			name: 'no-tests-in-the-product',
			severity: 'error',
			from: { path: '^(src|web)/', pathNot: tests },
			to: { path: [...tests, '^(test|bench|scripts)/'] },
		},
		{
			name: 'no-development-packages-in-the-product',
			severity: 'error',
			from: { path: '^(src|web)/', pathNot: tests },
			to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
		},
		{
			name: 'pure-folders-stay-pure',
			comment: 'no clock, timers, sockets, files or threads: srtp and stun may use hashes, ciphers and checksums, nothing else of Node',
			severity: 'error',
			from: { path: anyOf(pure), pathNot: tests },
			to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|zlib)$' },
		},
		{
			name: 'ciphers-only-in-srtp-and-stun',
			severity: 'error',
			from: { path: anyOf(pure.filter((folder) => folder !== 'srtp' && folder !== 'stun')), pathNot: tests },
			to: { dependencyTypes: ['core'], path: '^(node:)?(crypto|zlib)$' },
		},
		{
			name: 'pages-stand-alone',
			comment: 'what runs in a browser imports nothing but its own folder',
			severity: 'error',
			from: { path: '^web/', pathNot: tests },
			to: { pathNot: '^web/' },
		},
		{ name: 'not-found', severity: 'error', from: {}, to: { couldNotResolve: true } },
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.json' },
		enhancedResolveOptions: {
			exportsFields: ['exports'],
			conditionNames: ['import', 'node', 'default', 'types'],
			extensions: ['.ts', '.js', '.mjs'],
		},
	},
};
