using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Bert.MLNet.Models;
using Bert.MLNet.Tests.Pooling;
using CsCheck;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Persistence;

public sealed class ModelFileTests : IDisposable
{
    private static readonly string[] Lines =
        ["the film is great\tthe movie is good", "bad\tvery very poor service", "i hate this phone\ti love that book", "\tgood",
            "on time !\ton time"];

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    private static BertModel Tiny => BertEmbeddingTests.TinyModel.Value;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Embedding_among_ML_NETs_own_steps_gives_the_same_bits_in_a_fresh_process() => CheckFreshProcess(
        _ml.Transforms.Text.ApplyBertEmbedding("Bert", "Text", Tiny)
            .Append(_ml.Transforms.Text.FeaturizeText("Words", "Text"))
            .Append(_ml.Transforms.Concatenate("Features", "Bert", "Words"))
            .Append(_ml.BinaryClassification.Trainers.LbfgsLogisticRegression())
            .Append(_ml.Transforms.DropColumns("Words")),
        "Bert", "Features", "Score", "Probability");

    [Fact]
    public void Pairs_give_the_same_bits_in_a_fresh_process() => CheckFreshProcess(
        _ml.Transforms.Text.ApplyBertPairEmbedding(
            "Features", "Sentence1", "Sentence2", Tiny, BertPairFeatures.AbsoluteDifference | BertPairFeatures.Product, "Cosine")
            .Append(_ml.BinaryClassification.Trainers.LbfgsLogisticRegression()),
        "Features", "Cosine", "Score");

    [Fact]
    public void Step_by_step_gives_the_same_bits_in_a_fresh_process() => CheckFreshProcess(
        _ml.Transforms.Text.ApplyBertTokenizer("Text", model: Tiny)
            .Append(_ml.Transforms.Text.ApplyBertEncoder(model: Tiny))
            .Append(_ml.Transforms.Text.ApplyBertPooling("Features", BertPooling.Mean)),
        "LastHiddenState", "PoolerOutput", "Features");

    [Fact]
    public void Weights_that_several_steps_share_are_written_once_and_loaded_once()
    {
        BertModel again = new TinyCheckpoint().Load(), other = new TinyCheckpoint { Seed = "other" }.Load();
        string path = Save(_ml.Transforms.Text.ApplyBertEmbedding("A", "Text", Tiny)
            .Append(_ml.Transforms.Text.ApplyBertEmbedding("B", "Sentence2", again))
            .Append(_ml.Transforms.Text.ApplyBertPairEmbedding("C", "Sentence1", "Sentence2", Tiny)), out _);
        using (ZipArchive zip = ZipFile.OpenRead(path))
            Assert.Single(zip.Entries, e => e.Name == "model.safetensors");

        // What was loaded shares it still when it is saved again.
        string second = _folder["second.zip"];
        _ml.Model.Save(_ml.Model.Load(path, out DataViewSchema schema), schema, second);
        using (ZipArchive zip = ZipFile.OpenRead(second))
            Assert.Single(zip.Entries, e => e.Name == "model.safetensors");

        string two = Save(_ml.Transforms.Text.ApplyBertEmbedding("A", "Text", Tiny)
            .Append(_ml.Transforms.Text.ApplyBertEmbedding("B", "Text", other)), out _);
        using (ZipArchive zip = ZipFile.OpenRead(two))
            Assert.Equal(2, zip.Entries.Count(e => e.Name == "model.safetensors"));
        IDataView loaded = _ml.Model.Load(two, out _).Transform(Data());
        Assert.NotEqual(loaded.GetColumn<float[]>("A").First(), loaded.GetColumn<float[]>("B").First());
    }

    [Fact]
    public void F16_weights_stay_F16_in_the_file_and_predict_the_same_bits()
    {
        BertModel half = new TinyCheckpoint { Type = TensorType.F16 }.Load();
        string path = Save(_ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", half), out ITransformer model);
        using (ZipArchive zip = ZipFile.OpenRead(path))
            Assert.InRange(zip.Entries.Single(e => e.Name == "model.safetensors").Length, 1,
                half.Weights!.Names.Sum(n => 2L * half.Weights[n].Shape.Aggregate(1, (a, b) => a * b)) + 16_384);
        Assert.Equal(Column(model, "Features"), Column(_ml.Model.Load(path, out _), "Features"));
    }

    [Fact]
    public void Int8_stays_int8_in_the_file_and_gives_the_same_bits_in_a_fresh_process()
    {
        BertModel wide = new TinyCheckpoint { HiddenSize = 128, IntermediateSize = 512 }.Load();
        string whole = Save(_ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", wide), out _);
        string path = Save(_ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", wide.Quantize()), out ITransformer model);
        // Besides int8 matrices: the pooler, the positions, the vocabulary and the tensors of one dimension.
        Assert.InRange(new FileInfo(path).Length, new FileInfo(whole).Length / 4, new FileInfo(whole).Length / 4 +
            4 * (128 * 128 + 66 * 128) + 40_000);
        Assert.Equal(Column(model, "Features"), Column(_ml.Model.Load(path, out _), "Features"));
        Assert.Equal(Column(model, "Features"), FreshProcess.Run(path, Lines, "Features"));
    }

    [Fact]
    public void Options_are_one_stream_with_a_version()
    {
        string path = Save(_ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", Tiny, normalize: true), out ITransformer model);
        List<string> streams = [];
        Rewrite(path, "Options.json", bytes =>
        {
            streams.Add(Encoding.UTF8.GetString(bytes));
            return bytes;
        });
        using JsonDocument stream = JsonDocument.Parse(Assert.Single(streams));
        Assert.Equal(1, stream.RootElement.GetProperty("version").GetInt32());
        JsonElement options = stream.RootElement.GetProperty("options");
        Assert.Equal("Features", options.GetProperty("outputColumnName").GetString());
        Assert.Equal("Mean", options.GetProperty("pooling").GetString());
        Assert.True(options.GetProperty("normalize").GetBoolean());
        Assert.False(options.TryGetProperty("model", out _));
        Assert.Equal(Column(model, "Features"), Column(_ml.Model.Load(path, out _), "Features"));
    }

    [Theory]
    [InlineData("\"version\":1", "\"version\":2", "has version 2, and this version of Bert.MLNet reads up to 1")]
    [InlineData("\"normalize\":true", "\"normalize\":7", "Options.json' cannot be read")]
    [InlineData("\"normalize\":true", "\"normalise\":true", "Options.json' cannot be read")]
    [InlineData("\"outputColumnName\":\"Features\"", "\"outputColumnName\":null", "Options.json' cannot be read")]
    [InlineData("\"options\":{", "\"options\":[", "Options.json' cannot be read")]
    [InlineData("\"pooling\":\"Mean\"", "\"pooling\":\"Median\"", "Options.json' cannot be read")]
    public void Options_that_cannot_be_read_are_refused(string part, string replacement, string message)
    {
        string path = Save(_ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", Tiny, normalize: true), out _);
        Rewrite(path, "Options.json",
            bytes => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace(part, replacement, StringComparison.Ordinal)));
        Assert.Contains(message, LoadError(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BERTTOKN")]
    [InlineData("BERTENCO")]
    [InlineData("BERTPOOL")]
    [InlineData("BERTPAIR")]
    [InlineData("BERTEMBD")]
    public void A_file_from_the_future_is_refused_with_what_to_do(string signature)
    {
        string path = Save(EveryStep(Tiny), out ITransformer model);
        WriteVersions(path, signature, written: 0x00040000, readable: 0x00030000);
        Assert.Matches(@"needs format 3\.0, and this version reads up to 2\.\d\. Update the Bert\.MLNet package", LoadError(path));

        // A later version may write what this one still understands.
        WriteVersions(path, signature, written: 0x00040000, readable: 0x00020001);
        Assert.Equal(Column(model, "Features"), Column(_ml.Model.Load(path, out _), "Features"));
    }

    [Fact]
    public void Damaged_files_are_refused_with_the_place()
    {
        string whole = Save(_ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", Tiny), out _);
        string Damaged(string name, Func<byte[], byte[]?> change)
        {
            string path = _folder[Guid.NewGuid() + ".zip"];
            File.Copy(whole, path);
            Rewrite(path, name, change);
            return LoadError(path);
        }
        Assert.Contains("model.safetensors", Damaged("model.safetensors", _ => null));
        Assert.Contains("model.safetensors", Damaged("model.safetensors", bytes => bytes[..^100]));
        Assert.Contains("model.safetensors", Damaged("model.safetensors", bytes => [.. BitConverter.GetBytes(1L << 60), .. bytes[8..]]));
        Assert.Contains("config.json", Damaged("config.json", _ => null));
        Assert.Contains("config.json", Damaged("config.json", bytes => bytes[..20]));
        Assert.Contains("vocab.txt", Damaged("vocab.txt", _ => null));
    }

    [Fact]
    public void A_flipped_bit_in_a_step_or_its_files_is_found_when_the_model_is_loaded_or_changes_nothing()
    {
        string path = Save(EveryStep(
            new TinyCheckpoint { HiddenSize = 8, IntermediateSize = 8, Layers = 1, Heads = 2, MaxPositions = 16 }.Load()),
                out ITransformer model);
        byte[] whole = File.ReadAllBytes(path);
        int[] places = [.. Entries(whole)
            .Where(entry => entry.Name.StartsWith("Bert.MLNet/", StringComparison.Ordinal)
            || entry.Name.Contains("/Transform_", StringComparison.Ordinal))
            .SelectMany(entry => Enumerable.Range(entry.Start, entry.End - entry.Start))];
        string[] columns = ["InputIds", "PoolerOutput", "Pooled", "Pair", "Cosine", "Features"];
        string Numbers(ITransformer loaded) =>
            string.Join('\n', columns.Select(column => string.Join(' ', Column(loaded, column).SelectMany(row => row))));
        string expected = Numbers(model);
        int refused = 0;
        Gen.Select(Gen.Int[0, places.Length - 1], Gen.Int[0, 7]).Sample((place, bit) =>
        {
            byte[] damaged = [.. whole];
            damaged[places[place]] ^= (byte)(1 << bit);
            using var stream = new MemoryStream(damaged);
            ITransformer loaded;
            try
            {
                loaded = _ml.Model.Load(stream, out _);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                refused++;
                return;
            }
            Assert.Equal(expected, Numbers(loaded));
            (loaded as IDisposable)?.Dispose();
        }, iter: 300, threads: 1);
        Assert.InRange(refused, 200, 300);
    }

    [Fact]
    public void What_a_file_claims_of_its_labels_takes_no_memory_and_no_time()
    {
        BertModel classifier = new TinyCheckpoint { Architecture = "BertForSequenceClassification" }.Load();
        string whole = Save(_ml.Transforms.Text.ApplyBertClassifier("PredictedLabel", "Text", classifier), out ITransformer model);
        Assert.Equal(Column(model, "Score"), Column(_ml.Model.Load(whole, out _), "Score"));
        int sizes = 0;
        // Behind the type of the values: the number of dimensions, the dimension, one vector, its size, the number of its values, and that
        // of their places.
        for (int field = 0; field < 6; field++)
        {
            foreach (int claim in (int[])[int.MaxValue, 1 << 28, 4, -2, int.MinValue])
            {
                string path = _folder[Guid.NewGuid() + ".zip"];
                File.Copy(whole, path);
                Rewrite(path, "Model.key", bytes =>
                {
                    int at = bytes.AsSpan().IndexOf("VBuffer"u8);
                    if (at < 0)
                        return bytes;
                    sizes++;
                    at = at + "VBuffer".Length + 1;
                    at += bytes[at] + 2;
                    BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at + field * sizeof(int)), claim);
                    return bytes;
                });
                Assert.Contains("the values of its labels cannot be read", LoadError(path), StringComparison.Ordinal);
            }
        }
        Assert.Equal(30, sizes);
    }

    [Fact]
    public void A_small_file_does_not_become_a_large_one()
    {
        string path = Save(_ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", Tiny), out _);
        using (ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Update))
        {
            ZipArchiveEntry vocabulary = zip.Entries.Single(e => e.Name == "vocab.txt");
            string name = vocabulary.FullName;
            vocabulary.Delete();
            using Stream stream = zip.CreateEntry(name, CompressionLevel.Optimal).Open();
            stream.Write(new byte[32 << 20]);
        }
        Assert.Contains("vocab.txt' in the model file is not loaded", LoadError(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Features")]
    [InlineData("Pair")]
    [InlineData("Cosine")]
    [InlineData("PoolerOutput")]
    [InlineData("Pooled")]
    public void The_file_that_the_first_version_saved_still_loads_and_predicts_the_same(string column)
    {
        string assets = Path.Combine(Shared.Repository, "tests", "Bert.MLNet.Tests", "Persistence", "Assets");
        float[][] expected =
        [
            .. from line in File.ReadAllLines(Path.Combine(assets, $"model-1.1.{column}.txt"))
               select line.Split(' ').Select(value => float.Parse(value, CultureInfo.InvariantCulture)).ToArray(),
        ];
        float[][] actual = Column(_ml.Model.Load(Path.Combine(assets, "model-1.1.zip"), out _), column);
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Length, actual[i].Length);
            Assert.All(expected[i].Zip(actual[i]), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }
    }

    private EstimatorChain<BertEmbeddingTransformer> EveryStep(BertModel model) =>
        _ml.Transforms.Text.ApplyBertTokenizer("Text", model: model)
            .Append(_ml.Transforms.Text.ApplyBertEncoder(model: model))
            .Append(_ml.Transforms.Text.ApplyBertPooling("Pooled", BertPooling.Mean))
            .Append(_ml.Transforms.Text.ApplyBertPairEmbedding("Pair", "Sentence1", "Sentence2", model, BertPairFeatures.All, "Cosine"))
            .Append(_ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", model));

    private static void WriteVersions(string path, string signature, uint written, uint readable) => Rewrite(path, "Model.key", bytes =>
    {
        int at = bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(signature));
        if (at >= 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at + 8), written);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at + 12), readable);
        }
        return bytes;
    });

    /// <summary>Where in a zip the entries are, each with what describes it there.</summary>
    private static IEnumerable<(string Name, int Start, int End)> Entries(byte[] zip)
    {
        int directory = zip.AsSpan().IndexOf("PK\u0001\u0002"u8);
        for (int start = 0; start < directory;)
        {
            int next = zip.AsSpan(start + 4, directory - start - 4).IndexOf("PK\u0003\u0004"u8);
            int end = next < 0 ? directory : start + 4 + next;
            yield return (Encoding.UTF8.GetString(zip, start + 30, BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(start + 26))), start,
                end);
            start = end;
        }
    }

    private void CheckFreshProcess(IEstimator<ITransformer> estimator, params string[] columns)
    {
        string path = Save(estimator, out ITransformer model);
        foreach (string column in columns)
            Assert.Equal(Column(model, column), FreshProcess.Run(path, Lines, column));
    }

    private string Save(IEstimator<ITransformer> estimator, out ITransformer model)
    {
        IDataView data = Data();
        model = estimator.Fit(data);
        string path = _folder[Guid.NewGuid() + ".zip"];
        _ml.Model.Save(model, data.Schema, path);
        return path;
    }

    private float[][] Column(ITransformer model, string column)
    {
        IDataView result = model.Transform(Data());
        if (result.Schema[column].Type is VectorDataViewType { ItemType: NumberDataViewType { RawType: var type } } && type == typeof(long))
            return [.. result.GetColumn<long[]>(column).Select(row => row.Select(value => (float)value).ToArray())];
        return result.Schema[column].Type is VectorDataViewType
            ? [.. result.GetColumn<float[]>(column)]
            : [.. result.GetColumn<float>(column).Select(value => new[] { value })];
    }

    private IDataView Data() => _ml.Data.LoadFromEnumerable(Lines.Select(line => line.Split('\t')).Select((columns, i) => new Row
    {
        Text = columns[0],
        Sentence1 = columns[0],
        Sentence2 = columns[1],
        Label = i % 2 == 0,
    }));

    private string LoadError(string path)
    {
        Exception? e = Record.Exception(() => _ml.Model.Load(path, out _));
        Assert.NotNull(e);
        var messages = new StringBuilder();
        for (; e is not null; e = e.InnerException)
            messages.AppendLine(e.Message);
        return messages.ToString();
    }

    /// <summary>Replaces the entries of a name in a zip; null removes them.</summary>
    private static void Rewrite(string path, string name, Func<byte[], byte[]?> change)
    {
        using ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Update);
        foreach (ZipArchiveEntry entry in zip.Entries.Where(e => e.Name == name).ToList())
        {
            using var content = new MemoryStream();
            using (Stream stream = entry.Open())
                stream.CopyTo(content);
            entry.Delete();
            if (change(content.ToArray()) is { } changed)
            {
                using Stream stream = zip.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open();
                stream.Write(changed);
            }
        }
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";

        public string Sentence1 { get; set; } = "";

        public string Sentence2 { get; set; } = "";

        public bool Label { get; set; }
    }
}
