using System.Reflection;
using Microsoft.ML;
using static TorchSharp.torch;

namespace Bert.MLNet.Testing;

/// <summary>
/// Random weights in place of the pretrained ones that Microsoft.ML.TorchSharp downloads. It looks for the file in the folder <c>mlnet</c>
/// of the context's <see cref="MLContext.TempFilePath"/>, and downloads it only if it is missing. The format is that of <c>Module.save</c>
/// for the encoder. The vocabularies are resources of its assembly.
/// </summary>
internal static class NasBertWeights
{
    /// <summary>The file for <c>TextClassification</c> and <c>SentenceSimilarity</c>.</summary>
    public const string Sentences = "NasBert2000000.tsm";

    /// <summary>The file for <c>NamedEntityRecognition</c>.</summary>
    public const string Entities = "pretrained_NasBert_14M_encoder.tsm";

    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Writes the weights of an encoder.</summary>
    /// <param name="package">Microsoft.ML.TorchSharp, repaired.</param>
    /// <param name="options">The options of one of its trainers, which define the shape of the encoder.</param>
    /// <param name="folder">The folder for temporary files of a context.</param>
    /// <param name="file">The name of the file.</param>
    public static void Write(Assembly package, object options, string folder, string file)
    {
        object tokenizer = package.GetType("Microsoft.ML.TorchSharp.Extensions.TokenizerExtensions", throwOnError: true)!
            .GetMethod("GetInstance", Any)!.Invoke(null, [null])!;
        int Index(string name) => (int)tokenizer.GetType().GetProperty(name, Any)!.GetValue(tokenizer)!;
        Type type = package.GetType("Microsoft.ML.TorchSharp.NasBert.Models.ModelForPrediction", throwOnError: true)!;

        random.manual_seed(1);
        using var model = (nn.Module)Activator.CreateInstance(type, options, Index("PadIndex"), Index("SymbolsCount"), 1)!;
        var encoder = (nn.Module)type.GetMethod("GetEncoder", Any)!.Invoke(model, [])!;
        encoder.save(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "mlnet")).FullName, file));
    }
}
