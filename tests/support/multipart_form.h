#pragma once

#include <QByteArray>
#include <QList>

namespace stepwell::test {

/// A part of a multipart form, as uploads of scripts and sites send it.
struct FormPart {
    QByteArray name;
    QByteArray type;  ///< empty: a plain field
    QByteArray bytes;
};

inline const QByteArray formType = "multipart/form-data; boundary=XX";
inline const QByteArray moduleType = "application/javascript+module";

/// The body that goes with `formType`.
inline QByteArray formOf(const QList<FormPart>& parts) {
    QByteArray body;
    for (const auto& part : parts) {
        body += "--XX\r\nContent-Disposition: form-data; name=\"" + part.name + '"';
        if (!part.type.isEmpty()) body += "; filename=\"" + part.name + "\"\r\nContent-Type: " + part.type;
        body += "\r\n\r\n" + part.bytes + "\r\n";
    }
    return body + "--XX--\r\n";
}

}  // namespace stepwell::test
