// A service of two lines, in another language.
const server = require("http").createServer((_, answer) => answer.end(`api of ${process.env.NAME || "node"}\n`));
server.listen(Number(process.env.PORT || 3000), "0.0.0.0");
// The first process of a container ends at nobody's signal but its own.
process.on("SIGTERM", () => process.exit(0));
