package dev.husk.gateway.edge;

import dev.husk.gateway.ErrorBody;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.operate.Metrics;
import dev.husk.gateway.self.Drain;
import jakarta.inject.Inject;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Limits, security headers and latencies, for every request that reaches the application. */
@WebFilter("/*")
public class EdgeFilter implements Filter {
    @Inject
    private Limits limits;

    @Inject
    private Metrics metrics;

    @Inject
    private Drain drain;

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request instanceof HttpServletRequest asked && response instanceof HttpServletResponse answer) {
            answer(asked, answer, chain);
            return;
        }
        throw new ServletException("not HTTP");
    }

    private void answer(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        long start = System.nanoTime();
        var path = request.getRequestURI();
        var route = Route.of(path);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        if (request.isSecure()) {
            response.setHeader("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
        }
        if (drain.begun()) {
            response.setHeader("Connection", "close");
        }
        Runnable leave;
        try {
            leave = limits.admit(route, limits.source(request), request.getHeader("Authorization"));
        } catch (RequestRefused refused) {
            refuse(path, refused, response);
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            leave.run();
            metrics.answered(route.label(path), response.getStatus(), System.nanoTime() - start);
        }
    }

    private void refuse(String path, RequestRefused refused, HttpServletResponse response) throws IOException {
        metrics.limited(refused.code());
        var body = ErrorBody.of(
                path, refused.status(), refused.code(), String.valueOf(refused.getMessage()), refused.reasons());
        response.setStatus(refused.status());
        response.setContentType(body.type());
        response.setHeader("Retry-After", "1");
        // What is left of the request is not read.
        response.setHeader("Connection", "close");
        response.getOutputStream().write(body.text().getBytes(StandardCharsets.UTF_8));
    }
}
