package dev.aio.it;

import java.net.InetSocketAddress;

/** Processes, checked as all of them are; second tries of the proxies are welcome. */
class ReplicaProcessesTest extends ReplicasSuite {

    @Override
    Replica replica(String name, InetSocketAddress address) {
        return new Replica.OfProcess(site, name, address, 1);
    }
}
