/** Shared by the transactions of the stream; whoever builds indexes and constraints holds it alone. */
export const BUILD_LOCK = (migration: string): string => `causeway build ${migration}`;
