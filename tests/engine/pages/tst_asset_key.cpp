#include "models/api/asset_key.h"
#include "models/api/content_type.h"

#include <QTest>

using namespace stepwell::api;

namespace {

/// Byte i is i mod 251.
std::string countingBytes(std::size_t size) {
    constexpr std::size_t period = 251;
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<char>(i % period);
    return bytes;
}

}  // namespace

class AssetKeyTest : public QObject {
    Q_OBJECT

  private slots:
    void keys_data() {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("key");
        int row = 0;
        const auto add = [&](QByteArray content, const char* name, const char* key) {
            QTest::addRow("%d %s", ++row, name) << content << QByteArray(name) << QByteArray(key);
        };
        add("foobar", "logo.png", "2082190357cfd3617ccfe04f340c6247");
        add("foobar", "logo.txt", "1a98fb08af91aca4a7df1764a2c4ddb0");
        add("foobar", "logo.html", "d96fef225537c9f5e44a3cb27fd0b492");
        add("foobar", "logo.js", "6be321bef99e758250dac034474ddbb8");
        add("foobar", ".well-known/foobar", "7b764dacfd211bebd8077828a7ddefd7");
        add("This is a readme", "README.md", "13a03eaf24ae98378acd36ea00f77f2f");
        add("headersfile", "some_dir/_headers", "95dedb64e6d4940fc2e0f11f711cc2f4");
        add("func", "foo.js", "09a79777abda8ccc8bdd51dd3ff8e9e9");
        add("", "empty", "af1349b9f5f9a1a6a0404dea36dcc949");
        add("", "index.html", "bc88d1b19523ba52d6a2959dd93cf9c8");
        add("", "empty.txt", "f9bc91770fa5e997cbd47fba833629fc");
        add("hello world\n", "index.html", "5cb6ed6170630b0405c5094ac55058c2");
        add(QByteArray("\x00\xff", 2), "x.bin", "a151dbf7e46f436571ec92857c3b50ba");
        add("foobar", "LOGO.PNG", "ba19e8692703ee5b88c53707c618eb70");
        add("foobar", "archive.tar.gz", "1b0331056ffd6eafc4c28f594af3dfc8");
        add("foobar", ".env.local", "b735b518a44b84c9e4f20dc806888f57");
        add("foobar", "x.\xC3\xBC", "6abd49d6653a15dca81316ee0f62dbd5");
    }
    void keys() {
        QFETCH(QByteArray, content);
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, key);
        QCOMPARE(assetKey(content.toStdString(), name.toStdString()).hex(), key.toStdString());
    }

    void sizes_data() {
        QTest::addColumn<int>("size");
        QTest::addColumn<QByteArray>("key");
        const auto add = [](int size, const char* key) {
            QTest::addRow("%d", size) << size << QByteArray(key);
        };
        add(0, "869618f6a67498e0c3d5285d8322329d");
        add(1, "7cdb72a3e1a0a5bf3a575c66c70450b2");
        add(2, "4634b221682ad6e1026010f386142832");
        add(3, "debe5c64d09fb30c9b7d538c423af2f6");
        add(767, "03879eb30c3a4561ff80965fc5661af2");
        add(768, "ada5d9b67d2e4be2203d0d5a5ff8dc56");
        add(769, "9b94b63dc059e3b4d7c831ef793a9009");
        add(1024, "8af1b9c8efc28ee56212917cdf26d336");
        add(65536, "acc142aa2946faabe5f249db496ca1c3");
        add(1048576, "7c97c478fd23469910aeb4d57f713280");
        add(5000000, "a1b1101714e431ffa5149816d271d528");
    }
    void sizes() {
        QFETCH(int, size);
        QFETCH(QByteArray, key);
        const auto bytes = countingBytes(static_cast<std::size_t>(size));
        QCOMPARE(assetKey(bytes, "a.bin").hex(), key.toStdString());
    }

    void theLargestFile() {
        AssetHasher hasher;
        const std::string mebibyte(std::size_t{1} << 20U, '\0');
        for (int i = 0; i < 25; ++i)
            hasher.add(mebibyte);
        QCOMPARE(hasher.finish("z.bin").hex(), std::string("10798f851011e952f387797c2253f28b"));
    }

    void piecesOfAnySizeGiveTheSameKey() {
        constexpr std::size_t size = 200000;
        const auto bytes = countingBytes(size);
        const auto whole = assetKey(bytes, "a.bin");
        AssetHasher hasher;  // serves all of them
        for (const std::size_t piece : {1U, 2U, 7U, 1000U, 49151U, 49152U, 49153U, 150000U}) {
            for (std::size_t at = 0; at < size; at += piece)
                hasher.add(std::string_view(bytes).substr(at, piece));
            QCOMPARE(hasher.finish("a.bin").hex(), whole.hex());
        }
    }

    void everyByteIsEncodedAlikeInEveryPlace() {
        // Long texts go through other code than short ones: the key of a text must not depend on it. The
        // vectors above hold only some of all bytes in some places.
        std::string bytes;
        for (int i = 0; i < 3000; ++i)
            bytes += static_cast<char>(i * 7 + i / 256);
        AssetHasher inSmallPieces;
        for (const char byte : bytes)
            inSmallPieces.add({&byte, 1});
        QCOMPARE(inSmallPieces.finish("x").hex(), assetKey(bytes, "x").hex());
    }

    void extensions_data() {
        QTest::addColumn<QByteArray>("extension");
        const auto add = [](const char* name, const char* extension) {
            QTest::newRow(name) << QByteArray(extension);
        };
        add("logo.png", "png");
        add("LOGO.PNG", "PNG");
        add("archive.tar.gz", "gz");
        add(".htaccess", "");
        add(".env", "");
        add(".env.local", "local");
        add("name.", "");
        add("a.b/c", "");
        add("..b", "b");
        add("x.a b", "a b");
        add("a/.x", "");
        add("..", "");
    }
    void extensions() {
        QFETCH(QByteArray, extension);
        QCOMPARE(extensionOf(QTest::currentDataTag()), std::string_view(extension.constData()));
    }

    void hexIsReadBack() {
        const auto key = assetKey("foobar", "logo.png");
        QVERIFY(parseAssetKey(key.hex()) == key);
        QVERIFY(!parseAssetKey("2082190357cfd3617ccfe04f340c624"));
        QVERIFY(!parseAssetKey("2082190357cfd3617ccfe04f340c62470"));
        QVERIFY(!parseAssetKey("2082190357CFD3617CCFE04F340C6247"));
        QVERIFY(!parseAssetKey("g082190357cfd3617ccfe04f340c6247"));
        QVERIFY(!parseAssetKey("../../../../../../../../etc/pass"));
    }
};

QTEST_APPLESS_MAIN(AssetKeyTest)
#include "tst_asset_key.moc"
