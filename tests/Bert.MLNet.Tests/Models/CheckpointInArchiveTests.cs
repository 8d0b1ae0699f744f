using System.IO.Compression;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tests.Models;

/// <summary>A checkpoint among the files of a zip, as a model.zip holds it.</summary>
public class CheckpointInArchiveTests
{
    [Theory]
    [InlineData("BertForMaskedLM")]
    [InlineData("DistilBertForSequenceClassification")]
    public void It_is_the_same_as_in_a_folder(string architecture)
    {
        BertModel plain = new TinyCheckpoint { Architecture = architecture }.Load();
        var model = new BertModel(plain.Config, plain.Tokenizer, plain.Weights, new BertSentenceOptions { Normalize = true, Prompts = new Dictionary<string, string> { ["query"] = "query: " } });
        BertModel read = ReadFrom(Zip(model), "model.zip");
        Assert.Equal(model.ContentHash, read.ContentHash);
        Assert.Equal("query: ", read.Sentence.Prompts["query"]);
        Assert.Equal(model.Weights!["encoder.layer.1.output.dense.weight"].Bytes.ToArray(), read.Weights!["encoder.layer.1.output.dense.weight"].Bytes.ToArray());
    }

    [Fact]
    public void A_file_that_is_missing_in_it_is_named()
    {
        ZipArchive zip = Zip(new TinyCheckpoint().Load());
        Dictionary<string, ZipArchiveEntry> entries = zip.Entries.Where(entry => entry.FullName != "model.safetensors").ToDictionary(entry => entry.FullName);
        Assert.Contains("the model file", Assert.Throws<FileNotFoundException>(() => BertModel.ReadFrom(new ArchiveSource(entries), "x")).Message, StringComparison.Ordinal);
    }

    private static ZipArchive Zip(BertModel model)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            model.WriteTo(path => zip.CreateEntry(path, CompressionLevel.NoCompression).Open());
        return new ZipArchive(stream);
    }

    private static BertModel ReadFrom(ZipArchive zip, string name) => BertModel.ReadFrom(new ArchiveSource(zip.Entries.ToDictionary(entry => entry.FullName)), name);
}
