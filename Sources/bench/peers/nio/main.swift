// nio: SwiftNIO's servers, as its users write them: what ours are measured beside.
//
//     nio echo|async|http [-p PORT]
//
// One thread.  `echo` is a handler in a pipeline, `async` a NIOAsyncChannel and a task a
// connection, with NIO's own threads as the executor of tasks, `http` answers every request with a
// short text.  Prints "nio: listening on ADDRESS" when it is ready.
//
// A package of its own: nothing of ours depends on anything for its sake.  `bin/bench runtime
// --nio` builds it, and `config` does with the option PEERS_NIO.

import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends back what comes in.
final class EchoHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    context.write(data, promise: nil)
  }

  func channelReadComplete(context: ChannelHandlerContext) { context.flush() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}

/// Answers every request with the same short text.
final class TextHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let body = ByteBuffer(string: "Hello, World!")
  private let headers: HTTPHeaders = ["content-type": "text/plain", "content-length": "13"]

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .end = unwrapInboundIn(data) else { return }
    let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    context.write(wrapOutboundOut(.end(nil)), promise: nil)
  }

  func channelReadComplete(context: ChannelHandlerContext) { context.flush() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}

func ready(_ channel: any Channel) {
  print("nio: listening on 127.0.0.1:\(channel.localAddress?.port ?? 0)")
  // Whoever reads it may read a pipe.
  fflush(nil)
}

func bootstrap(_ group: any EventLoopGroup) -> ServerBootstrap {
  ServerBootstrap(group: group)
    .serverChannelOption(.backlog, value: 4096)
    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
    .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
}

func serveHandlers(
  _ port: Int, _ initialize: @escaping @Sendable (any Channel) throws -> Void
) async throws {
  let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  let channel = try await bootstrap(group)
    .childChannelInitializer { channel in
      channel.eventLoop.makeCompletedFuture { try initialize(channel) }
    }
    .bind(host: "127.0.0.1", port: port).get()
  ready(channel)
  try await channel.closeFuture.get()
}

func serveTasks(_ port: Int) async throws {
  let server = try await bootstrap(.singletonMultiThreadedEventLoopGroup)
    .bind(host: "127.0.0.1", port: port) { channel in
      channel.eventLoop.makeCompletedFuture {
        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
      }
    }
  ready(server.channel)
  try await withThrowingDiscardingTaskGroup { group in
    try await server.executeThenClose { clients in
      for try await client in clients {
        group.addTask {
          // A connection that fails has nobody to be told.
          try? await client.executeThenClose { inbound, outbound in
            for try await bytes in inbound { try await outbound.write(bytes) }
          }
        }
      }
    }
  }
}

var words = CommandLine.arguments.dropFirst()
let mode = words.popFirst() ?? ""
let port = words.popFirst() == "-p" ? Int(words.popFirst() ?? "") ?? 0 : 0
switch mode {
case "echo":
  try await serveHandlers(port) { channel in
    try channel.pipeline.syncOperations.addHandler(EchoHandler())
  }
case "async":
  // Else each message goes to another thread and back.
  NIOSingletons.groupLoopCountSuggestion = 1
  guard NIOSingletons.unsafeTryInstallSingletonPosixEventLoopGroupAsConcurrencyGlobalExecutor()
  else { exit(1) }
  try await serveTasks(port)
case "async-default":
  try await serveTasks(port)
case "http":
  try await serveHandlers(port) { channel in
    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
      withPipeliningAssistance: false, withErrorHandling: false)
    try channel.pipeline.syncOperations.addHandler(TextHandler())
  }
default:
  print("usage: nio echo|async|async-default|http [-p PORT]")
  exit(2)
}
