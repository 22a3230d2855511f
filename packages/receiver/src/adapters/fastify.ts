import { exchangeNode, type NodeRequest, type NodeResponse, type Receives } from "@sameface/receiver";

/** The part of a Fastify instance that is used. */
export interface FastifyLike {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    contentType: string,
    parser: (request: unknown, payload: unknown, done: (error: null, body?: unknown) => void) => void,
  ): unknown;
  all(path: string, handler: (request: FastifyRequestLike, reply: FastifyReplyLike) => void): unknown;
}

/** The part of a request that is used. */
export interface FastifyRequestLike {
  readonly raw: NodeRequest;
}

/** The part of a reply that is used. */
export interface FastifyReplyLike {
  readonly raw: NodeResponse;
  hijack(): unknown;
}

/**
 * A plugin for Fastify 4 or 5 that serves one path. Its parsers are its own: the bytes stay as they came here, and JSON is
 * parsed as before everywhere else.
 * @example
 * await app.register(fastifyReceiver(receiver, { path: "/webhooks" }));
 */
export function fastifyReceiver(
  receiver: Receives,
  { path }: { readonly path: string },
): (app: FastifyLike) => Promise<void> {
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", (_request, _payload, done) => {
      done(null); // unread: the receiver reads the stream, up to its own limit
    });
    app.all(path, (request, reply) => {
      reply.hijack();
      void exchangeNode(receiver, request.raw, reply.raw);
    });
    await Promise.resolve();
  };
}
