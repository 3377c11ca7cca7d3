internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore

/// The stylesheet of the pages: high contrast, a focus that can be seen, light and dark.
enum StyleSheet {
    static func response() -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/css; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    private static let text = """
        :root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
        body { margin: 0; padding: 1rem; }
        main { max-width: 34rem; margin: 2rem auto; }
        h1 { font-size: 1.5rem; line-height: 1.2; }
        h2 { font-size: 1.1rem; }
        label { display: block; margin-top: 1rem; font-weight: 600; }
        input[type=text], input[type=password] { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; }
        button { font: inherit; margin: 1.5rem 1rem 0 0; padding: .5rem 1.25rem; cursor: pointer; }
        :focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
        .hint { margin: .25rem 0 0; font-size: .9rem; }
        .fault { border-left: .3rem solid #b00020; padding: .5rem 1rem; font-weight: 600; }
        .codes { font: 1.1rem/1.8 ui-monospace, monospace; }
        .choice label { display: inline; font-weight: 400; margin: 0 0 0 .5rem; }
        .choice { margin-top: .75rem; }
        svg { display: block; margin: 1rem 0; background: #fff; }
        code { overflow-wrap: anywhere; }

        """
}
