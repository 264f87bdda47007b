/** As Promise.all, but none goes on behind the back of a caller that was told of another's failure. */
export async function allOf<T>(works: readonly Promise<T>[]): Promise<T[]> {
  const ended = await Promise.allSettled(works);
  return ended.map((work) => {
    if (work.status === 'rejected') throw work.reason;
    return work.value;
  });
}
