// One unary gRPC call with an empty request, over plain HTTP/2: enough to make a server count a call.
import http2 from 'node:http2';

const EMPTY_MESSAGE = Buffer.alloc(5); // not compressed, zero bytes
const DEADLINE_SECONDS = 5;

// Returns the gRPC status code as a number. `address` is "host:port", `method` "/package.Service/Method".
export function callEmpty(address, method) {
  return new Promise((resolve, reject) => {
    const session = http2.connect(`http://${address}`);
    const fail = (error) => {
      session.destroy();
      reject(new Error(`${address}${method}: ${error.message}`));
    };
    session.once('error', fail);
    const stream = session.request({
      ':method': 'POST',
      ':path': method,
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-timeout': `${DEADLINE_SECONDS}S`,
    });
    let status;
    const note = (headers) => {
      status = headers['grpc-status'] ?? status;
    };
    stream
      .once('error', fail)
      .on('response', note)
      .on('trailers', note)
      .on('data', () => {})
      .once('end', () => {
        session.close();
        if (status === undefined) fail(new Error('no grpc-status'));
        else resolve(Number(status));
      });
    stream.end(EMPTY_MESSAGE);
  });
}
