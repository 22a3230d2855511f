/**
 * Statements that do not wait for each other's answers, sent at once where the dialect can. All have ended when it
 * answers or throws, so that none comes after the transaction was undone.
 */
export async function together<Answers extends readonly unknown[]>(
  statements: {
    readonly [At in keyof Answers]: Promise<Answers[At]>;
  },
): Promise<Answers> {
  try {
    return await Promise.all(statements);
  } catch (fault) {
    await Promise.allSettled(statements);
    // The first in time: the others fail for it.
    throw fault;
  }
}
