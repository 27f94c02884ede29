package dev.aio.it;

/** nginx, which learns from failures. */
class NginxProxyTest extends ReplicasSuite {

    NginxProxyTest() {
        super(ReverseProxy.NGINX);
    }
}
