package dev.husk.gateway;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers addresses that do not decode, which the layers below would answer with a page of their own. */
@WebFilter("/*")
public class WellFormedPath implements Filter {
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        var http = (HttpServletRequest) request;
        if (decodes(http.getRequestURI()) && decodes(http.getQueryString())) {
            chain.doFilter(request, response);
            return;
        }
        var answer = (HttpServletResponse) response;
        var body = ErrorBody.of(
                http.getRequestURI(),
                400,
                "MALFORMED",
                "the address is not valid UTF-8 in percent-encoding",
                List.of());
        answer.setStatus(400);
        answer.setContentType(body.type());
        answer.getOutputStream().write(body.text().getBytes(StandardCharsets.UTF_8));
    }

    /** Whether every percent sign starts an octet, and the octets are text without control characters. */
    static boolean decodes(@Nullable String encoded) {
        if (encoded == null) {
            return true;
        }
        var octets = ByteBuffer.allocate(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c == '%') {
                int octet = i + 2 < encoded.length()
                        ? Character.digit(encoded.charAt(i + 1), 16) << 4 | Character.digit(encoded.charAt(i + 2), 16)
                        : -1;
                if (octet < 0) {
                    return false;
                }
                octets.put((byte) octet);
                i += 2;
            } else if (c <= 0x20 || c > 0x7e) {
                return false;
            } else {
                octets.put((byte) c);
            }
        }
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(octets.flip());
            return text.chars().noneMatch(Character::isISOControl);
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
