/** What a request is refused with, in the form of the OpenAI protocol. */
export class RequestFailure extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** The protocol's word for it. */
    readonly type = status < 500 ? 'invalid_request_error' : 'server_error',
  ) {
    super(message);
  }
}
