//! A small HTTP/1.1 server on loopback that answers by a function, on as many connections as clients
//! open; and a way to pass a request on.
//!
//! It replaces AWS where the emulator is too slow to be measured, or where the order of answers matters. It
//! handles only requests in the SDK's form: bodies with their length, connections that are kept.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

type Handler = dyn Fn(&Asked) -> Answer + Send + Sync;

/// A server; it serves until the process ends.
pub(crate) struct Stub {
    port: u16,
}

impl Asked {
    /// A header, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The service and the operation: `dynamodb DescribeTable`, `lambda GET /2015-03-31/functions/x`.
    pub(crate) fn name(&self) -> String {
        let scope = self.header("authorization").and_then(|value| value.split("Credential=").nth(1));
        let service = scope.and_then(|scope| scope.split('/').nth(3)).unwrap_or_default();
        let body = String::from_utf8_lossy(&self.body);
        let action = body.split('&').find_map(|pair| pair.strip_prefix("Action="));
        match self.header("x-amz-target").and_then(|target| target.rsplit('.').next()).or(action) {
            Some(operation) => format!("{service} {operation}"),
            None => format!("{service} {} {}", self.method, self.target),
        }
    }
}

impl Stub {
    /// Starts one on a free port.
    pub(crate) fn start(handler: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        let port = listener.local_addr().expect("it has an address").port();
        let handler: Arc<Handler> = Arc::new(handler);
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let handler = handler.clone();
                // A client that closes the connection ends it.
                std::thread::spawn(move || drop(serve(connection, &*handler)));
            }
        });
        Self { port }
    }

    /// The endpoint for requests.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

fn serve(connection: TcpStream, handler: &Handler) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut writer = connection;
    while let Some((first, headers, body)) = message(&mut reader)? {
        let mut words = first.split(' ').map(str::to_owned);
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let Answer { status, headers, body } = handler(&Asked { method, target, headers, body });
        let mut bytes = format!("HTTP/1.1 {status} Status\r\n").into_bytes();
        for (key, value) in headers.iter().filter(|(key, _)| !is_of_the_connection(key)) {
            write!(bytes, "{key}: {value}\r\n")?;
        }
        write!(bytes, "content-length: {}\r\n\r\n", body.len())?;
        bytes.extend(body);
        writer.write_all(&bytes)?;
    }
    Ok(())
}

fn is_of_the_connection(header: &str) -> bool {
    ["connection", "content-length", "keep-alive", "transfer-encoding"].contains(&header)
}

type Message = (String, Vec<(String, String)>, Vec<u8>);

/// Reads the first line, the headers and the body of a message; `None` at the end of the connection.
fn message(reader: &mut impl BufRead) -> io::Result<Option<Message>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let first = line.trim_end().to_owned();
    let mut headers = Vec::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((key, value)) = line.trim_end().split_once(':') else { break };
        headers.push((key.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(key, _)| key == "content-length").and_then(|(_, value)| value.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    Ok(Some((first, headers, body)))
}

/// Passes a request on to a server on a port of loopback.
pub(crate) fn pass_on(asked: &Asked, port: u16) -> io::Result<Answer> {
    let mut connection = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    let mut bytes = format!("{} {} HTTP/1.1\r\n", asked.method, asked.target).into_bytes();
    for (key, value) in asked.headers.iter().filter(|(key, _)| !is_of_the_connection(key)) {
        write!(bytes, "{key}: {value}\r\n")?;
    }
    write!(bytes, "connection: close\r\ncontent-length: {}\r\n\r\n", asked.body.len())?;
    bytes.extend(&asked.body);
    connection.write_all(&bytes)?;
    let (first, headers, body) = message(&mut BufReader::new(&connection))?.ok_or(io::ErrorKind::UnexpectedEof)?;
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok(Answer { status: status.ok_or(io::ErrorKind::InvalidData)?, headers, body })
}
