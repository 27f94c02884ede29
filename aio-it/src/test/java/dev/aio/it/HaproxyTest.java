package dev.aio.it;

/** HAProxy, which asks for the health of replicas. */
class HaproxyTest extends ReplicasSuite {

    HaproxyTest() {
        super(ReverseProxy.HAPROXY);
    }
}
