// The fault server serves tests of every package, the benchmarks and people: it stands where all of them reach it.
export { CERTIFICATES } from "../../../../tests/faults/certificates.ts";
export {
  type Behaviour,
  type FaultServer,
  type FaultServerOptions,
  type ReceivedRequest,
  reply,
  startFaultServer,
} from "../../../../tests/faults/fault-server.ts";
