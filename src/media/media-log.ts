/** Where the media engine writes its log lines. Fields never hold addresses. */
export interface MediaLog {
	info(fields: object, message: string): void;
	warn(fields: object, message: string): void;
}
