#include "models/api/content_type.h"

#include <QTest>

using stepwell::api::contentTypeOf;

class ContentTypeTest : public QObject {
    Q_OBJECT

  private slots:
    void extensions_data() {
        QTest::addColumn<QByteArray>("type");
        const auto add = [](const char* extensions, const char* type) {
            for (const auto& extension : QByteArray(extensions).split(' '))
                QTest::newRow(extension.constData()) << QByteArray(type);
        };
        add("html htm shtml", "text/html");
        add("css", "text/css");
        add("js mjs", "application/javascript");
        add("cjs", "application/node");
        add("jsx", "text/jsx");
        add("ts", "video/mp2t");
        add("mts", "model/vnd.mts");
        add("tsx vue svelte astro ejs pug go py rb wat zst br tgz jxl cur topojson ipynb lock env",
            "application/octet-stream");
        add("json map", "application/json");
        add("json5", "application/json5");
        add("jsonld", "application/ld+json");
        add("geojson", "application/geo+json");
        add("webmanifest", "application/manifest+json");
        add("manifest appcache", "text/cache-manifest");
        add("xml xsl", "application/xml");
        add("rss", "application/rss+xml");
        add("atom", "application/atom+xml");
        add("rdf owl", "application/rdf+xml");
        add("xhtml", "application/xhtml+xml");
        add("txt text log ini conf", "text/plain");
        add("md markdown", "text/markdown");
        add("mdx", "text/mdx");
        add("csv", "text/csv");
        add("tsv", "text/tab-separated-values");
        add("yaml yml", "text/yaml");
        add("toml", "application/toml");
        add("ics", "text/calendar");
        add("vcf", "text/x-vcard");
        add("vtt", "text/vtt");
        add("srt", "application/x-subrip");
        add("less", "text/less");
        add("scss", "text/x-scss");
        add("sass", "text/x-sass");
        add("styl", "text/stylus");
        add("coffee", "text/coffeescript");
        add("svg svgz", "image/svg+xml");
        add("png", "image/png");
        add("jpg jpeg jpe", "image/jpeg");
        add("gif", "image/gif");
        add("webp", "image/webp");
        add("avif", "image/avif");
        add("apng", "image/apng");
        add("heic", "image/heic");
        add("heif", "image/heif");
        add("bmp", "image/bmp");
        add("tif tiff", "image/tiff");
        add("psd", "image/vnd.adobe.photoshop");
        add("ico", "image/vnd.microsoft.icon");
        add("woff", "font/woff");
        add("woff2", "font/woff2");
        add("ttf", "font/ttf");
        add("otf", "font/otf");
        add("ttc", "font/collection");
        add("eot", "application/vnd.ms-fontobject");
        add("mp4", "video/mp4");
        add("m4v", "video/x-m4v");
        add("mov", "video/quicktime");
        add("webm", "video/webm");
        add("ogv", "video/ogg");
        add("mp3", "audio/mpeg");
        add("m4a", "audio/mp4");
        add("aac", "audio/x-aac");
        add("wav", "audio/wav");
        add("flac", "audio/x-flac");
        add("ogg oga opus", "audio/ogg");
        add("weba", "audio/webm");
        add("mid", "audio/midi");
        add("m3u8", "application/vnd.apple.mpegurl");
        add("mpd", "application/dash+xml");
        add("pdf", "application/pdf");
        add("epub", "application/epub+zip");
        add("rtf", "application/rtf");
        add("ai eps", "application/postscript");
        add("zip", "application/zip");
        add("gz", "application/gzip");
        add("tar", "application/x-tar");
        add("bz2", "application/x-bzip2");
        add("xz", "application/x-xz");
        add("7z", "application/x-7z-compressed");
        add("rar", "application/vnd.rar");
        add("jar war", "application/java-archive");
        add("apk", "application/vnd.android.package-archive");
        add("wasm", "application/wasm");
        add("bin exe dmg iso deb", "application/octet-stream");
        add("doc", "application/msword");
        add("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
        add("xls", "application/vnd.ms-excel");
        add("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
        add("ppt", "application/vnd.ms-powerpoint");
        add("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation");
        add("odt", "application/vnd.oasis.opendocument.text");
        add("glb", "model/gltf-binary");
        add("gltf", "model/gltf+json");
        add("obj", "model/obj");
        add("stl", "model/stl");
        add("usdz", "model/vnd.usdz+zip");
        add("php", "application/x-httpd-php");
        add("sh", "application/x-sh");
        add("sql", "application/x-sql");
        add("c cpp h", "text/x-c");
        add("java", "text/x-java-source");
        add("pem crt", "application/x-x509-ca-cert");
        add("asc sig", "application/pgp-signature");
        add("key", "application/vnd.apple.keynote");
        add("rs", "application/rls-services+xml");
        add("swf", "application/x-shockwave-flash");
        add("kml", "application/vnd.google-earth.kml+xml");
        add("torrent", "application/x-bittorrent");
    }
    void extensions() {
        QFETCH(QByteArray, type);
        const std::string extension = QTest::currentDataTag();
        QCOMPARE(contentTypeOf("a/b.c/file." + extension), std::string_view(type.constData()));
        QCOMPARE(contentTypeOf("FILE." + QByteArray(extension.c_str()).toUpper().toStdString()),
                 std::string_view(type.constData()));
    }

    void wholeNames() {
        QCOMPARE(contentTypeOf("html"), "text/html");
        QCOMPARE(contentTypeOf(".html"), "text/html");
        QCOMPARE(contentTypeOf("sub/.png"), "application/octet-stream");
        QCOMPARE(contentTypeOf("sub/png"), "application/octet-stream");
        QCOMPARE(contentTypeOf(".well-known/foobar"), "application/octet-stream");
        QCOMPARE(contentTypeOf("name."), "application/octet-stream");
        QCOMPARE(contentTypeOf(""), "application/octet-stream");
        QCOMPARE(contentTypeOf("a.b/c"), "application/octet-stream");
        QCOMPARE(contentTypeOf("a." + std::string(5000, 'x')), "application/octet-stream");
    }
};

QTEST_APPLESS_MAIN(ContentTypeTest)
#include "tst_content_type.moc"
