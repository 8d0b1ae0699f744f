using System.IO.Compression;
using Bert.MLNet.Persistence;

namespace Bert.MLNet.Tests.Models;

/// <summary>A checkpoint among the files of a zip, as a model.zip holds it.</summary>
public class CheckpointInArchiveTests
{
    [Theory]
    [InlineData("BertForMaskedLM")]
    [InlineData("DistilBertForSequenceClassification")]
    [InlineData("MPNetForSequenceClassification")]
    [InlineData("XLMRobertaForMaskedLM")]
    [InlineData("ElectraForMaskedLM")]
    [InlineData("AlbertForMaskedLM")]
    [InlineData("ModernBertForSequenceClassification"), InlineData("DebertaV2ForSequenceClassification")]
    [InlineData("NomicBertForSequenceClassification")]
    public void It_is_the_same_as_in_a_folder(string architecture)
    {
        BertModel plain = new TinyCheckpoint { Architecture = architecture }.Load();
        var model = new BertModel(
            plain.Config, plain.Tokenizer, plain.Weights, new BertSentenceOptions
            {
                Normalize = true,
                Prompts = new Dictionary<string, string> { ["query"] = "query: " },
            });
        BertModel read = ReadFrom(Zip(model), "model.zip");
        Assert.Equal(model.ContentHash, read.ContentHash);
        Assert.Equal("query: ", read.Sentence.Prompts["query"]);
        Assert.Equal(model.Weights!["encoder.layer.0.output.dense.weight"].Bytes.ToArray(),
            read.Weights!["encoder.layer.0.output.dense.weight"].Bytes.ToArray());
    }

    [Fact]
    public void A_file_that_is_missing_in_it_is_named()
    {
        ZipArchive zip = Zip(new TinyCheckpoint().Load());
        Dictionary<string, ZipArchiveEntry> entries =
            zip.Entries.Where(entry => entry.FullName != "model.safetensors").ToDictionary(entry => entry.FullName);
        Assert.Contains("the model file",
            Assert.Throws<FileNotFoundException>(() => BertModel.ReadFrom(new ArchiveSource(entries), "x")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_flipped_bit_among_the_weights_is_found_when_it_is_read()
    {
        byte[] zip = ZipBytes(new TinyCheckpoint().Load());
        byte[] tensor = new TinyCheckpoint().Tensors().First(t => t.Name == "encoder.layer.1.output.dense.weight").Bytes.ToArray();
        zip[zip.AsSpan().IndexOf(tensor) + 100] ^= 1;
        string message = Assert.Throws<InvalidDataException>(() => ReadFrom(new ZipArchive(new MemoryStream(zip)), "model.zip")).Message;
        Assert.Contains("'model.safetensors' in the model file is damaged: its checksum is wrong", message, StringComparison.Ordinal);
    }

    private static ZipArchive Zip(BertModel model) => new(new MemoryStream(ZipBytes(model)));

    private static byte[] ZipBytes(BertModel model)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
            model.WriteTo(path => zip.CreateEntry(path, CompressionLevel.NoCompression).Open());
        return stream.ToArray();
    }

    private static BertModel ReadFrom(ZipArchive zip, string name) =>
        BertModel.ReadFrom(new ArchiveSource(zip.Entries.ToDictionary(entry => entry.FullName)), name);
}
