#pragma once

#include <QFrame>
#include <QImage>
#include <QProcess>

#include <memory>

class QTemporaryDir;

namespace stepwell {

/// A small picture of a deployed page, made by a browser of this machine in a process of its own and kept for
/// next time. Without a browser, or when it fails, there is nothing in its place.
class SiteThumbnail : public QFrame {
    Q_OBJECT
  public:
    explicit SiteThumbnail(QWidget* parent = nullptr);
    ~SiteThumbnail() override;

    /// `id` names the deployment, whose pages never change. Only pages of this machine are opened.
    void show(const QString& url, const QString& id);
    bool hasPicture() const { return !picture_.isNull(); }
    /// The browser of this machine; empty: there is none, or the person is root, whom browsers do not
    /// protect.
    static QString browser();
    QSize sizeHint() const override;

  signals:
    void pictureMade();

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    /// Runs `work` on a thread of its own and `take` with its picture here, unless this is gone by then.
    template <class Work, class Take>
    void inBackground(Work work, Take take);
    void start(const QString& url);
    void finish();
    void setPicture(const QImage& picture);
    QString cacheFile() const;

    QString id_;
    QImage picture_;
    std::shared_ptr<QTemporaryDir> folder_;
    std::unique_ptr<QProcess> process_;
};

}  // namespace stepwell
