/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is taken of URLs and of the heads of answers. tests/cli/test_image_url.py plays servers.
 */
#include <stdlib.h>

#include <vboxcloud/error.h>

#include "fetch/answer.h"
#include "fetch/link.h"
#include "tap.h"

static void test_links(void)
{
	static const struct {
		const char *text, *url, *shown, *name;
	} rows[] = {
		{"https://h/a/x.qcow2", "https://h/a/x.qcow2", "https://h/a/x.qcow2", "x.qcow2"},
		{"http://h:8080/x%20y.img?token=1#top", "http://h:8080/x%20y.img?token=1",
		 "http://h:8080/x%20y.img", "x y.img"},
		{"HTTPS://h/x", "https://h/x", "https://h/x", "x"},
		{"https://h", "https://h/", "https://h/", ""},
		{"https://h/a%2fb", "https://h/a%2fb", "https://h/a%2fb", "b"},
		{"https://h/a%00b", "https://h/a%00b", "https://h/a%00b", "a%00b"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vbc_link link = {0};

		is_int(vbc_link_parse(rows[i].text, &link, NULL), 0, "%s is taken", rows[i].text);
		is_str(link.url, rows[i].url, "it is asked for");
		is_str(link.shown, rows[i].shown, "it is shown");
		is_str(link.name, rows[i].name, "it is called");
		vbc_link_done(&link);
	}
}

static void test_bad_links(void)
{
	static const char *const rows[] = {"https://",      "http:x",         "https://h:x/",
					   "https://h/a b", "https://h/\x01", "https://u:p@h/x",
					   "https://u@h/x", "https://[::1/x"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vbc_error err = {0};
		struct vbc_link link = {0};

		ok(vbc_link_parse(rows[i], &link, &err) == VBC_E_ARG && err.text[0] && !link.url,
		   "%s is refused: %s", rows[i], err.text);
		ok(!strstr(err.text, "u:p"), "and no password is shown");
	}
}

static void test_paths(void)
{
	static const struct {
		const char *text, *path;
	} rows[] = {{"file:///a/b%20c", "/a/b c"},
		    {"file:/a", "/a"},
		    {"FILE://localhost/a", "/a"},
		    {"file://other/a", NULL},
		    {"file:a", NULL},
		    {"file:", NULL},
		    {"file:///", NULL},
		    {"file:////a", NULL},
		    {"file:///a%00b", NULL}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *path = NULL;
		int code = vbc_link_path(rows[i].text, &path, NULL);

		if (rows[i].path)
			is_str(path, rows[i].path, "%s", rows[i].text);
		else
			is_int(code, VBC_E_ARG, "%s is refused", rows[i].text);
		free(path);
	}
}

static void test_schemes(void)
{
	static const char *const others[] = {"ftp://h/a", "s3://b/a", "SFTP://h/a",
					     "git+ssh://h/a"};
	static const char *const fine[] = {"http://h/a", "HTTPS://h", "file:///a", "a",
					   "./ftp://a",  "://a",      "",          "a:b",
					   "a b://c",    "disk.raw"};
	struct vbc_error err = {0};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		is_int(vbc_link_check_scheme(others[i], NULL), VBC_E_ARG, "'%s' is not fetched",
		       others[i]);
	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++)
		is_int(vbc_link_check_scheme(fine[i], &err), 0, "'%s' may be one", fine[i]);
	vbc_link_check_scheme("ftp://h/a", &err);
	is_str(err.text, "URLs with ftp: are not supported; give one with https:, http: or file:",
	       "and what is");
}

static void test_redirects(void)
{
	char *to = vbc_link_resolve("https://h/a/b?c", "../d");

	is_str(to, "https://h/d", "a redirect may be relative");
	free(to);
	to = vbc_link_resolve("https://h/a", "//other/b");
	is_str(to, "https://other/b", "or name another server");
	free(to);
	ok(!vbc_link_resolve("https://h/a", "http://"), "or lead nowhere");
	ok(vbc_link_same_scheme("https://a", "HTTPS://b"), "the scheme is the same in any case");
	ok(!vbc_link_same_scheme("https://a", "http://a"), "and less is another one");
	ok(!vbc_link_same_scheme("http://a", "file:///a"), "as is a file");
}

static void take(struct vbc_answer *a, const char *line)
{
	vbc_answer_take_line(a, line, strlen(line));
}

static void test_head(void)
{
	struct vbc_answer a = {0}, b;

	take(&a, "HTTP/1.1 100 Continue\r\n");
	take(&a, "\r\n");
	ok(!a.complete, "an interim answer is none");
	take(&a, "HTTP/1.1 206 Partial Content\r\n");
	take(&a, "etag:  \"abc\" \r\n");
	take(&a, "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n");
	take(&a, "Content-Range: bytes 10-19/100\r\n");
	take(&a, "Content-Length: 10\r\n");
	take(&a, "nonsense\r\n");
	take(&a, "\r\n");
	ok(a.complete && a.status == 206 && a.ranged && a.from == 10 && a.to == 20 && a.size == 100,
	   "a part says where it lies");
	is_str(vbc_answer_version(&a), "\"abc\"", "and of what version it is");
	b = a;
	ok(vbc_answer_is_same(&a, &b), "the same version");
	snprintf(b.etag, sizeof(b.etag), "\"abd\"");
	ok(!vbc_answer_is_same(&a, &b), "another version");
	b = a;
	b.size++;
	ok(!vbc_answer_is_same(&a, &b), "another size");
	snprintf(a.etag, sizeof(a.etag), "W/\"abc\"");
	is_str(vbc_answer_version(&a), "Mon, 01 Jan 2024 00:00:00 GMT", "a weak version is none");
}

static void test_bad_ranges(void)
{
	static const char *const rows[] = {"bytes 5-4/10",
					   "bytes 0-10/10",
					   "bytes */10",
					   "items 0-1/2",
					   "bytes 0-1",
					   "bytes 0-1/x",
					   "bytes 0-18446744073709551615/*",
					   ""};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vbc_answer a = {0};
		char line[80];

		take(&a, "HTTP/1.1 206 x\r\n");
		snprintf(line, sizeof(line), "Content-Range: %s\r\n", rows[i]);
		take(&a, line);
		ok(!a.ranged, "'%s' is no range", rows[i]);
	}
}

int main(void)
{
	test_links();
	test_bad_links();
	test_paths();
	test_redirects();
	test_head();
	test_bad_ranges();
	test_schemes();
	return tap_done();
}
