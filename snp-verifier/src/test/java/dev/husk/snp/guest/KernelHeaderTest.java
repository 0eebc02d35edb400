package dev.husk.snp.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds request numbers, sizes, offsets and status codes against the system's own headers, through a C compiler. */
class KernelHeaderTest {
    private static final String PROGRAM = """
            #include <linux/sev-guest.h>
            #include <linux/psp-sev.h>
            #include <sys/ioctl.h>
            #include <errno.h>
            #include <fcntl.h>
            #include <stddef.h>
            #include <stdio.h>
            #define NUMBER(what) printf("%s=%lld\\n", #what, (long long) (what))
            #define SIZE(type) NUMBER(sizeof(struct type))
            #define OFFSET(type, member) NUMBER(offsetof(struct type, member))
            int main(void) {
              NUMBER(SNP_GET_REPORT);
              NUMBER(SNP_GET_DERIVED_KEY);
              NUMBER(SNP_GET_EXT_REPORT);
              SIZE(snp_guest_request_ioctl);
              OFFSET(snp_guest_request_ioctl, msg_version);
              OFFSET(snp_guest_request_ioctl, req_data);
              OFFSET(snp_guest_request_ioctl, resp_data);
              OFFSET(snp_guest_request_ioctl, exitinfo2);
              SIZE(snp_report_req);
              OFFSET(snp_report_req, user_data);
              OFFSET(snp_report_req, vmpl);
              SIZE(snp_report_resp);
              SIZE(snp_ext_report_req);
              OFFSET(snp_ext_report_req, data);
              OFFSET(snp_ext_report_req, certs_address);
              OFFSET(snp_ext_report_req, certs_len);
              SIZE(snp_derived_key_req);
              OFFSET(snp_derived_key_req, root_key_select);
              OFFSET(snp_derived_key_req, guest_field_select);
              OFFSET(snp_derived_key_req, vmpl);
              OFFSET(snp_derived_key_req, guest_svn);
              OFFSET(snp_derived_key_req, tcb_version);
              SIZE(snp_derived_key_resp);
              NUMBER(O_RDWR);
              NUMBER(O_CLOEXEC);
              NUMBER(EPERM); NUMBER(ENOENT); NUMBER(EINTR); NUMBER(EIO); NUMBER(ENXIO); NUMBER(EAGAIN);
              NUMBER(ENOMEM); NUMBER(EACCES); NUMBER(EFAULT); NUMBER(EBUSY); NUMBER(ENODEV); NUMBER(EINVAL);
              NUMBER(ENOTTY); NUMBER(EBADMSG); NUMBER(ETIMEDOUT);
              NUMBER(SEV_RET_SUCCESS); NUMBER(SEV_RET_INVALID_PLATFORM_STATE); NUMBER(SEV_RET_INVALID_GUEST_STATE);
              NUMBER(SEV_RET_INAVLID_CONFIG); NUMBER(SEV_RET_INVALID_LEN); NUMBER(SEV_RET_ALREADY_OWNED);
              NUMBER(SEV_RET_INVALID_CERTIFICATE); NUMBER(SEV_RET_POLICY_FAILURE); NUMBER(SEV_RET_INACTIVE);
              NUMBER(SEV_RET_INVALID_ADDRESS); NUMBER(SEV_RET_BAD_SIGNATURE); NUMBER(SEV_RET_BAD_MEASUREMENT);
              NUMBER(SEV_RET_ASID_OWNED); NUMBER(SEV_RET_INVALID_ASID); NUMBER(SEV_RET_WBINVD_REQUIRED);
              NUMBER(SEV_RET_DFFLUSH_REQUIRED); NUMBER(SEV_RET_INVALID_GUEST); NUMBER(SEV_RET_INVALID_COMMAND);
              NUMBER(SEV_RET_ACTIVE); NUMBER(SEV_RET_HWSEV_RET_PLATFORM); NUMBER(SEV_RET_HWSEV_RET_UNSAFE);
              NUMBER(SEV_RET_UNSUPPORTED); NUMBER(SEV_RET_INVALID_PARAM); NUMBER(SEV_RET_RESOURCE_LIMIT);
              NUMBER(SEV_RET_SECURE_DATA_INVALID);
              return 0;
            }
            """;

    @TempDir
    Path folder;

    @Test
    void everyConstantIsTheOneOfTheSystemsHeaders() throws Exception {
        var numbers = numbers();
        var ours = new LinkedHashMap<String, Long>();
        for (var request : SevGuestCalls.Request.values()) {
            ours.put(request.name(), request.number);
        }
        layout(ours);
        for (var errno : Errno.values()) {
            assertThat(errno.is(Math.toIntExact(number(numbers, errno.name()))))
                    .as(errno.name())
                    .isTrue();
        }
        numbers.keySet().removeIf(name -> name.matches("E[A-Z]+"));
        numbers.forEach((name, number) -> {
            if (name.startsWith("SEV_RET_")) {
                // The header misspells one name and calls two others differently than AMD does.
                var amd = name.substring("SEV_RET_".length())
                        .replace("INAVLID", "INVALID")
                        .replace("HWSEV_RET", "HWERROR");
                assertThat(FirmwareStatus.text(Math.toIntExact(number))).isEqualTo("0x%02X %s".formatted(number, amd));
                ours.put(name, number);
            }
        });
        assertThat(ours).containsExactlyInAnyOrderEntriesOf(numbers);
    }

    private static void layout(Map<String, Long> ours) {
        size(ours, "snp_guest_request_ioctl", SevGuestCalls.SIZE);
        offset(ours, "snp_guest_request_ioctl, msg_version", SevGuestCalls.MSG_VERSION);
        offset(ours, "snp_guest_request_ioctl, req_data", SevGuestCalls.REQ_DATA);
        offset(ours, "snp_guest_request_ioctl, resp_data", SevGuestCalls.RESP_DATA);
        offset(ours, "snp_guest_request_ioctl, exitinfo2", SevGuestCalls.EXITINFO2);
        size(ours, "snp_report_req", SevGuestDevice.REPORT_REQUEST);
        offset(ours, "snp_report_req, user_data", 0);
        offset(ours, "snp_report_req, vmpl", SevGuestDevice.VMPL);
        size(ours, "snp_report_resp", ReportResponse.SIZE);
        size(ours, "snp_ext_report_req", SevGuestDevice.EXTENDED_REQUEST);
        offset(ours, "snp_ext_report_req, data", 0);
        offset(ours, "snp_ext_report_req, certs_address", SevGuestDevice.CERTS_ADDRESS);
        offset(ours, "snp_ext_report_req, certs_len", SevGuestDevice.CERTS_LEN);
        size(ours, "snp_derived_key_req", SevGuestDevice.KEY_REQUEST);
        offset(ours, "snp_derived_key_req, root_key_select", SevGuestDevice.KEY_ROOT_SELECT);
        offset(ours, "snp_derived_key_req, guest_field_select", SevGuestDevice.KEY_FIELD_SELECT);
        offset(ours, "snp_derived_key_req, vmpl", SevGuestDevice.KEY_VMPL);
        offset(ours, "snp_derived_key_req, guest_svn", SevGuestDevice.KEY_GUEST_SVN);
        offset(ours, "snp_derived_key_req, tcb_version", SevGuestDevice.KEY_TCB_VERSION);
        size(ours, "snp_derived_key_resp", SevGuestDevice.KEY_RESPONSE);
        ours.put("O_RDWR", (long) LibC.O_RDWR);
        ours.put("O_CLOEXEC", (long) LibC.O_CLOEXEC);
    }

    private static void size(Map<String, Long> ours, String type, long size) {
        ours.put("sizeof(struct " + type + ")", size);
    }

    private static void offset(Map<String, Long> ours, String member, long offset) {
        ours.put("offsetof(struct " + member + ")", offset);
    }

    private static long number(Map<String, Long> numbers, String name) {
        var number = numbers.get(name);
        assertThat(number).as(name).isNotNull();
        return number == null ? -1 : number;
    }

    private Map<String, Long> numbers() throws Exception {
        var source = Files.writeString(folder.resolve("numbers.c"), PROGRAM);
        var program = folder.resolve("numbers");
        String complaint;
        try {
            complaint = run("gcc", "-o", program.toString(), source.toString());
        } catch (IOException e) {
            skip("no C compiler: " + e.getMessage());
            throw new IllegalStateException(e);
        }
        if (complaint.contains("No such file or directory")) {
            skip("no kernel headers: " + complaint.lines().findFirst().orElse(""));
        }
        assertThat(program).as(complaint).isExecutable();
        var numbers = new LinkedHashMap<String, Long>();
        for (var line : run(program.toString()).lines().toList()) {
            int equals = line.lastIndexOf('=');
            numbers.put(line.substring(0, equals), Long.parseLong(line.substring(equals + 1)));
        }
        return numbers;
    }

    private static void skip(String why) {
        System.err.println("SKIPPED: the constants of /dev/sev-guest are not held against the kernel's header: " + why);
        assumeTrue(false, why);
    }

    private static String run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return said;
    }
}
